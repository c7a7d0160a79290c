#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ombud_fuzz::table::run(data));
