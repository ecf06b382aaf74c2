/** Functions of stdlib, loaded when they are called, against native OTP: programs that nobody wrote for these tests. */
import { test } from 'node:test';
import { hasRelease } from '../support/oracle.ts';
import { type Call, compareWithNative } from '../support/vm.ts';

/** Calls as `module:function(arguments)`: what needs no code server, no `init` and no other process. */
const texts = [
  'lists:sort([3, 1.0, a, {}, 2, "x", 1, <<1>>, -5])',
  'lists:seq(1, 100, 7)',
  'lists:keysort(2, [{a, 3}, {b, 1}, {c, 2}])',
  'lists:usort([c, a, b, a, 1, 1.0, 1])',
  'lists:foldl(fun(X, A) -> X + A end, 0, lists:seq(1, 1000))',
  'lists:zip3([1, 2], [a, b], [x, y])',
  'lists:zip([1], [])',
  'lists:nth(5, [a, b])',
  'lists:merge([[1, 4], [2, 5], [0]])',
  'lists:partition(fun(X) -> X > 2 end, [1, 2, 3, 4])',
  'lists:flatten([[a, [b]], [[[c]]], "d"])',
  'lists:sublist(lists:seq(1, 20), 3, 5)',
  'maps:fold(fun(K, V, A) -> K * V + A end, 0, #{1 => 2, 3 => 4, 5 => 6})',
  'maps:from_list([{N, N * N} || N <- lists:seq(1, 100)])',
  'maps:get(missing, #{a => b})',
  'maps:merge_with(fun(_, A, B) -> A + B end, #{a => 1, b => 2}, #{b => 3, c => 4})',
  'orddict:update_counter(a, 3, orddict:from_list([{b, 1}, {a, 2}]))',
  'gb_trees:to_list(gb_trees:from_orddict([{N, N} || N <- lists:seq(1, 50)]))',
  'gb_sets:to_list(gb_sets:union(gb_sets:from_list([c, a]), gb_sets:from_list([b, a])))',
  'dict:fetch(k, dict:store(k, v, dict:new()))',
  'dict:fetch(nothing, dict:new())',
  'sets:size(sets:from_list([1, 2, 1.0, 2]))',
  'queue:to_list(queue:in(c, queue:from_list([a, b])))',
  'array:to_list(array:set(3, x, array:new()))',
  'proplists:get_value(b, [a, {b, 2}, {c, 3}])',
  'string:tokens("some words, in a string", " ,")',
  'string:split("a-b-c", "-", all)',
  'string:uppercase("straße")',
  'string:pad("abc", 6, both, $*)',
  'base64:encode(<<"some bytes to encode">>)',
  'base64:decode("c29tZSBieXRlcw==")',
  'base64:decode("****")',
  'calendar:date_to_gregorian_days(2024, 2, 29)',
  'calendar:gregorian_seconds_to_datetime(63900000000)',
  'calendar:day_of_the_week(2024, 2, 30)',
  'digraph_utils:module_info(module)',
  'unicode:characters_to_list(<<"é€"/utf8>>)',
  'rand:uniform_s(1000, rand:seed_s(exsss, {1, 2, 3}))',
  'math:pow(2, 0.5)',
  'binary:split(<<"a,b,c">>, <<",">>, [global])',
  // Zeros of different sign are the same term until OTP 26.
  'lists:delete(-0.0, [a, 0.0, b])',
  'lists:delete({x, [0.0]}, [a, {x, [-0.0]}, b])',
  'lists:member(-0.0, [0.0])',
  'maps:get(-0.0, #{0.0 => 1}, no)',
  'maps:size(maps:from_list([{X, X} || X <- [0.0, -0.0, 0]]))',
];

function parse(text: string): Call {
  const match = /^(\w+):(\w+)\((.*)\)$/s.exec(text);
  if (match === null) throw new Error(`no call: ${text}`);
  const [, module = '', name = '', args = ''] = match;
  return { module, function: name, arguments: args };
}

for (const release of [25, 27, 29] as const) {
  test(`functions of stdlib of OTP ${release}`, { skip: !hasRelease(release) }, (context) => {
    context.diagnostic(`${compareWithNative([], texts.map(parse), { release })} calls`);
  });
}
