#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ombud_fuzz::expression_eval::run(data));
