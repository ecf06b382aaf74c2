%% Makes calls for test/support/vm.ts, which appends the clauses of call/1. The same code runs natively and here.
-module(call_driver).
-export([run/1]).

%% {value, Value} or {Class, Reason, StackTrace}, without what differs from one run to the next.
run(N) ->
    {Module, Function, Arguments} = call(N),
    try apply(Module, Function, Arguments) of
        Value -> {value, plain(Value)}
    catch
        Class:Reason:Stack -> {Class, plain(Reason), plain(own_frames(Stack))}
    end.

own_frames([Frame | _]) when element(1, Frame) =:= call_driver; element(1, Frame) =:= 'oracle-driver' -> [];
own_frames([Frame | Frames]) -> [Frame | own_frames(Frames)];
own_frames([]) -> [].

plain([Head | Tail]) -> [plain(Head) | plain(Tail)];
plain(Tuple) when is_tuple(Tuple) -> plain_elements(Tuple, tuple_size(Tuple), []);
plain(Fun) when is_function(Fun) -> {'#fun', arity(Fun, 0)};
plain(Pid) when is_pid(Pid) -> '#pid';
plain(Reference) when is_reference(Reference) -> '#reference';
plain(Port) when is_port(Port) -> '#port';
plain(Other) -> Other.

plain_elements(_, 0, Elements) -> list_to_tuple(Elements);
plain_elements(Tuple, N, Elements) -> plain_elements(Tuple, N - 1, [plain(element(N, Tuple)) | Elements]).

arity(Fun, Arity) when is_function(Fun, Arity) -> Arity;
arity(Fun, Arity) -> arity(Fun, Arity + 1).

