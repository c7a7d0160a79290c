# Words in pictures of workflows.
draw-anytime = In every open state
draw-after-close = After closing
draw-owner = Owner: { $owner }
draw-task = Task: { $task } ({ $owner })
draw-clock = Clock: { $clock }, { $limit }
draw-any-returned = a return is granted
draw-all-done = all are done
draw-lead-done = the lead is done
draw-n-done = { $count } are done
draw-else = otherwise
draw-becomes = Becomes { $workflow }
draw-itself = by itself
draw-label = The life of: { $title }
draw-too-large = Too large to be drawn; see the text form
draw-by-clock = or by a clock
