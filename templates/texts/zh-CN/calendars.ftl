# 工作时间和节假日文件中的错误。
hours-shape = 「{ $found }」不是工作时间；请写 08:30-12:00,13:30-18:00
hours-time = 「{ $found }」不是时刻；请写 08:30，一天结束写 24:00
hours-empty = 「{ $found }」起止时间相同；全天请写 00:00-24:00
hours-overlap = 「{ $found }」与当天其他时段重叠
hours-too-many = 一天最多 { $max } 个时段
