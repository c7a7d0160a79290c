# `ombud demo`
demo-ready = The demonstration lives in { $folder }; delete the folder to begin anew. Tokens by role:
demo-tokens = The same as variables: . { $file }
demo-console = Open { $url } in a browser and sign in as one of these people; everybody's password is: { $password }
