# 每条检查结果都用到的词句
finding-nearest = 是不是想写“{ $nearest }”？
