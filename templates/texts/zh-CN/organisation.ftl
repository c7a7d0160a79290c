# organisation.yaml 里的错误。
organisation-language = 部门「{ $found }」要有两种语言的名称：zh 和 en
organisation-roles = 「{ $found }」要列出角色：[agent]，部门里的角色写作 [head@finance]
organisation-zone = 没有「{ $found }」这个时区；例如：Asia/Shanghai
organisation-day = 一个工作日有多长要按自然时间写，例如：{ $found }
organisation-date = 「{ $found }」不是日期；请写 "2026-05-01"
organisation-id = 「{ $found }」不是标识：小写字母、数字和 _
organisation-key = 这里没有「{ $found }」这个键。可用的有：{ $known }
organisation-department = 没有「{ $found }」这个部门
