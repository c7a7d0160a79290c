# Mistakes in durations. The words for units stay as a file writes them.
duration-missing = 这里应写时长，例如 15 minutes 或 5 working days
duration-number = “{ $found }”不是普通的数字；请写 15 minutes 或 1.5 working days
duration-no-unit = { $number } 后面缺单位；可用：{ $accepted }
duration-unit = 没有单位“{ $found }”；可用：{ $accepted }
duration-fraction = { $unit } 只能是整数，不能是 { $number }
duration-too-fine = { $number } { $unit } 太细，无法计算
duration-range = { $number } { $unit } 超出范围：要大于 0，最多 { $max }
duration-words-seconds = { $number } 秒
duration-words-minutes = { $number } 分钟
duration-words-hours = { $number } 小时
duration-words-days = { $number } 天
duration-words-working-minutes = { $number } 个工作分钟
duration-words-working-hours = { $number } 个工作小时
duration-words-working-days = { $number } 个工作日
duration-words-working-days-from-next = 次日起 { $number } 个工作日
