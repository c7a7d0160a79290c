# 每条检查结果都用到的词句
finding-nearest = 是不是想写“{ $nearest }”？
report-error = 错误
report-warning = 警告
report-fix = 改法
report-write = 写成
