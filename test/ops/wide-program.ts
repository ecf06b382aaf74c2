/** Erlang text with more arguments and variables than anyone would write: past every number that the translator treats apart. */

const list = (count: number, item: (i: number) => string, from = 1): string =>
  Array.from({ length: count }, (_, i) => item(i + from)).join(', ');

const variables = (count: number): string => list(count, (i) => `A${i}`);

/** Functions of so many arguments: called, tail-called, applied, as funs, and with no matching clause. */
function ofArity(arity: number): string {
  const args = variables(arity);
  const numbers = list(arity, String);
  const rest = list(arity - 1, (i) => `A${i}`);
  const turned = [`A${arity - 1}`, list(arity - 2, (i) => `A${i}`)].join(', ');
  return `
call_${arity}() -> {back_${arity}(${numbers}), ?MODULE:back_${arity}(${numbers})}.
back_${arity}(${args}) -> [${args.split(', ').reverse().join(', ')}].
turn_${arity}() -> turn_${arity}(700, ${list(arity - 1, String)}).
turn_${arity}(0, ${rest}) -> {${rest}};
turn_${arity}(N, ${rest}) -> turn_${arity}(N - 1, ${turned}).
remote_${arity}() -> remote_${arity}(700, ${list(arity - 1, String)}).
remote_${arity}(0, ${rest}) -> {${rest}};
remote_${arity}(N, ${rest}) -> ?MODULE:remote_${arity}(N - 1, ${turned}).
applied_${arity}() -> [apply(?MODULE, id(back_${arity}), [${numbers}]), outcome(fun() -> apply(?MODULE, back_${arity}, [1]) end)].
clause_${arity}() -> outcome(fun() -> first_${arity}(${numbers}) end).
first_${arity}(0, ${list(arity - 1, (i) => `_A${i}`)}) -> zero.
deep_${arity}() -> down_${arity}(300, ${list(arity - 1, String)}).
down_${arity}(0, ${rest}) -> [${rest}];
down_${arity}(N, ${rest}) -> [H | T] = down_${arity}(N - 1, ${turned}), id(H), [H + A1 | T].
`;
}

function funOfArity(arity: number): string {
  const args = variables(arity);
  return `
fun_${arity}() -> B = id(b), F = fun(${args}) -> {B, ${args}} end, [(id(F))(${list(arity, String)}), outcome(fun() -> F(1) end)].
`;
}

/** So many variables that live across calls, errors and waits. */
function ofFrame(slots: number): string {
  const sets = Array.from({ length: slots }, (_, i) => `A${i + 1} = id([${i + 1}])`).join(', ');
  return `
frame_${slots}() -> ${sets}, G = garbage(1000), {length(G), ${variables(slots)}}.
handler_${slots}() -> ${sets}, R = try id(A1) + 1 catch error:E -> id(E) end, {R, ${variables(slots)}}.
wait_${slots}() -> ${sets}, receive nothing -> ok after 1 -> ok end, self() ! done, receive M -> {M, ${variables(slots)}} end.
`;
}

/** The module `wide`. */
export function wideProgram(): string {
  return [
    '-module(wide).\n-compile([export_all, nowarn_export_all]).\n-import(ops_support, [id/1, outcome/1]).\n',
    'garbage(0) -> [];\ngarbage(N) -> [{N} | garbage(N - 1)].\n',
    ...[15, 16, 17, 30, 100, 255].map(ofArity),
    ...[15, 16, 17, 100, 254].map(funOfArity),
    ...[1, 50, 199, 200, 201, 300].map(ofFrame),
  ].join('');
}
