# `ombud demo`
demo-ready = 演示数据在 { $folder } 目录，删除该目录即可重新开始。各角色的令牌：
demo-tokens = 以变量形式载入：. { $file }
demo-console = 浏览器打开 { $url } ，用上面的人员编号登录，密码均为：{ $password }
