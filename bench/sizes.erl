%% Lists whose copies tell what their elements take.
-module(sizes).
-export([conses/0, pairs/0, floats/0]).

conses() -> make(fun(N) -> N end, 1000, []).

pairs() -> make(fun(N) -> {N, N} end, 1000, []).

floats() -> make(fun(N) -> N / 3 end, 1000, []).

make(_, 0, List) -> List;
make(Fun, N, List) -> make(Fun, N - 1, [Fun(N) | List]).
