# 各处共用的词句
place = 第 { $line } 行第 { $column } 列
