%% Regular expressions: patterns made by chance, which are the same in every run, and chosen ones.
-module(regex_cases).
-export([main/0, random_1/0, random_2/0, random_3/0, random_4/0, random_5/0, random_6/0, damaged/0, faults/0, lookbehinds/0, nesting/0, names/0,
         captures/0, options/0, limits/0, verbs/0, recursion/0, properties/0, clusters/0, long_subjects/0, others_run/0, killed/0,
         bad_utf8/0, stored/0, start_optimisations/0]).

%% A line for each result: name of the case, number of the result, the result. An argument behind -extra divides the number of those by chance, and long subjects.
main() ->
    [print(Name, lists:enumerate(as_list(?MODULE:Name()))) || {Name, 0} <- lists:sort(?MODULE:module_info(exports)), Name =/= main, Name =/= module_info],
    halt().

print(Name, Results) -> [io:format("~s ~w ~w~n", [Name, I, R]) || {I, R} <- Results].

as_list(L) when is_list(L) -> L;
as_list(Result) -> [Result].

random_1() -> random(1, 250).
random_2() -> random(2, 250).
random_3() -> random(3, 250).
random_4() -> random(4, 250).
random_5() -> random(5, 250).
random_6() -> random(6, 250).

random(Seed, Count) ->
    put(state, Seed),
    [result(one(false)) || _ <- lists:seq(1, fewer(Count))].

damaged() ->
    put(state, 77),
    [result(one(true)) || _ <- lists:seq(1, fewer(400))].

fewer(Count) ->
    case init:get_plain_arguments() of
        [Divisor] -> Count div list_to_integer(Divisor);
        [] -> Count
    end.

%% A generator of our own: module rand is not asked, so that releases agree.
r(N) ->
    Next = (get(state) * 1103515245 + 12345) band 16#7fffffff,
    put(state, Next),
    (Next bsr 8) rem N + 1.

result({Subject, Pattern, CompileOptions, RunOptions} = Case) ->
    case caught(fun() -> re:compile(Pattern, CompileOptions) end) of
        {ok, {re_pattern, Groups, Unicode, Crlf, _} = Compiled} ->
            {Case, Groups, Unicode, Crlf, re:inspect(Compiled, namelist), caught(fun() -> re:run(Subject, Compiled, RunOptions) end),
             caught(fun() -> re:run(Subject, Pattern, CompileOptions ++ RunOptions) end)};
        Other ->
            {Case, Other}
    end.

caught(F) -> try F() catch Class:Reason -> {Class, Reason} end.

run_all(Cases) -> [result(case C of {S, R} -> {S, R, [], [report_errors]}; {S, R, O} -> {S, R, O, [report_errors]}; _ -> C end) || C <- Cases].

faults() ->
    [{P, case re:compile(P) of {ok, _} -> ok; Fault -> Fault end} || P <-
        ["\\", "\\c", "a{2,1}", "a{70000}", "a{1,70000}", "[a", "[b-a]", "*a", "(?z)", "[[:foo:]]", "[:alpha:]", "[.a.]", "(a", "a)", "(?#a",
         "(?<a", "(?<=a+)b", "(?(a", "(?(1)a|b|c)", "(?(99)a)", "(?(", "(?R", "(?(0)a)", "\\l", "\\N{name}", "(?C256)", "(?C1", "(a|(?1))",
         "(?Pa)", "(?<n>a)(?<n>b)", "(?<n", "\\p{Foo}", "\\p{", "\\pZZ\\p{^Lq}", "\\400", "(?(DEFINE)a|b)", "\\g", "\\g{0}", "(*ACCEPT:a)",
         "(*FOO)", "\\g{99999999999}", "(?&)", "(?+a)", "(?|(?<a>x)|(?<b>y))", "(*MARK)", "\\c\x{e9}", "\\k", "[\\N]", "\\x{110000}", "\\x{zz}",
         "\\o{9}", "\\o1", "[a-\\d]", "(?<1a>b)", "\\x{}", "(?-", "(?i", "(?P=", "(?P>n)", "\\k{n}", "(?'n'a)\\k'm'", "(?(<n>)a)", "(?(R9)a)",
         "(?(Rx)a)", "(?<=\\C)a", "(?<=(?1))(a+)", "\\1(a)\\2", "x{2}{3}", "a**", "a+*", "(?<n>", "(?<=a|bc+)", "\\g<n>", "\\g{n}", "(?<" ++
         lists:duplicate(33, $a) ++ ">b)", "(?1)(?2)(a)", "[z-\\x{61}]", "(?<!a{1,2})b", "^*", "\\b+", "a|*", "(?:+)", "(?=a)*", "()+?+"]].

lookbehinds() ->
    run_all([{"xfoobar", "(?<=foo)bar"}, {"abcd", "(?<=ab|xyz)c"}, {"abcd", "(?<!b)d"}, {"aXb", "(?<=a\\R)b"}, {"ab", "(?<=(?<=a)b|)$"},
             {<<206,177,206,178>>, <<"(?<=",206,177,")",206,178>>, [unicode]}, {"aab", "(?<=(a)\\1)b"}, {"xab", "(?<=(?1))b(a)?"}]).

nesting() ->
    [caught(fun() -> re:compile(lists:duplicate(N, $()) end) || N <- [10, 799, 2000]] ++
        [element(1, re:compile(lists:duplicate(N, $() ++ lists:duplicate(N, $)))) || N <- [10, 500, 799, 2000]].

names() ->
    [{P, O, case re:compile(P, O) of {ok, C} -> {re:inspect(C, namelist), caught(fun() -> re:run(S, C, [{capture, W, binary}]) end)}; E -> E end}
     || {P, O} <- [{"(?<b>a)|(?<a>b)", []}, {"(?<a>a)|(?<a>b)", [dupnames]}, {"(?J)(?<a>a)|(?<a>b)", []}, {"(?|(?<a>a)|(?<a>b))", []}],
        S <- ["a", "b"], W <- [all_names, [a], [b], ["a", 'b', <<"c">>], [0, 1, 2, 3, -1]]].

captures() ->
    [caught(fun() -> re:run("abc", "(a)|(b)|(c)(d)?", [{capture, V, T}, {offset, O}]) end)
     || V <- [all, all_but_first, first, none, [], [1], [2, 0], [7], bad, [{x}]], T <- [index, list, binary, none], O <- [0, 1, 2]].

options() ->
    [caught(fun() -> re:run("ab\nAB\r\nab", P, O) end)
     || P <- ["^ab$", "b$", ".*", "B.", "^A"],
        O <- [[N | M] || N <- [{newline, lf}, {newline, cr}, {newline, crlf}, {newline, any}, {newline, anycrlf}, {newline, bad}],
                         M <- [[], [multiline], [dotall], [caseless, firstline], [notbol], [noteol, multiline], [anchored, dollar_endonly]]]] ++
    [caught(fun() -> {ok, C} = re:compile("a", O), setelement(5, C, code) end)
     || O <- [[{newline, cr}, {newline, lf}], [{newline, lf}, {newline, any}], [bsr_unicode, bsr_anycrlf], [never_utf, unicode], [bad], [global], foo]] ++
    [caught(fun() -> re:run("aab", "a*", [notempty_atstart, {offset, O}]) end) || O <- [0, 1, 2, 3]].

limits() ->
    run_all([{"aaaaaaaaaaaaaz", "(a+)*zz"}, {"aaaaaaaaaaaaaz", "(a+)*zz", [], [{match_limit, 3000}, report_errors]},
             {"aaaaaaaaaaaaaz", "(a+)*zz", [], [{match_limit, 3000}]}, {"aaaaaaaaaaaaaz", "(a+)*zz", [], [{match_limit_recursion, 10}, report_errors]},
             {"aaaaaaaaaaaaaz", "(*LIMIT_MATCH=3000)(a+)*zz"}, {"aaaa", "(*LIMIT_RECURSION=2)(a|b)*c"}, {"aaaa", "(?:(?=(?1))(a)|x)*(?R)?"}]).

verbs() ->
    run_all([{"aaabaaac", "a+(*COMMIT)c"}, {"aaabaaac", "a+(*PRUNE)c"}, {"aaabaaac", "a+(*SKIP)c"}, {"aaabaaac", "(*MARK:x)a+(*SKIP:x)c"},
             {"aaabaaac", "a(*MARK:x)a+(*SKIP:y)c"}, {"abd", "(?:a(*THEN)c|ab)d"}, {"abd", "(?:a(?:(*THEN)c)|ab)d"}, {"abd", "(?:(a(*THEN)c|x)|ab)d"},
             {"aabb", "(?=a(*COMMIT)x|aa)aab"}, {"aabb", "(?!a(*COMMIT)x|aa)aab"}, {"aabb", "(?:(?=a(*ACCEPT)x)a|b)+"}, {"abc", "(a(b(*ACCEPT)c)d)e"},
             {"acb", "(?>a(*THEN)b|ac)b"}, {"aaab", "(?:a(*PRUNE)b|a)+"}, {"xaab", "(a(*SKIP)b|a)?b"}, {"ab", "(?(?=a(*THEN)x)b|a)b"}, {"aac", "(?1)c(a(*COMMIT)b|a)?"}]).

recursion() ->
    run_all([{"(a(b)c)", "\\((?:[^()]++|(?R))*\\)"}, {"abcba", "^((.)(?:(?1)|.?)\\2)$"}, {"1221", "^(?:((.)(?1)\\2|)|((.)(?3)\\4|.))$"}, {"aab", "(?<x>a(?&x)?b)"},
             {"foobar", "(?(DEFINE)(?<w>\\w+))(?&w)"}, {"abab", "(?1)(ab)"}, {"xyab", "(?(R)a+|(?R)b)"}, {"aXbX", "(?|(a)|(b))X(?1)\\1"},
             {"aaaa", "(a(?R)?)"}, {"aaab", "(?:(a)|b)*(?1)?"}, {"abcabc", "(?P<n>abc)(?P=n)"}, {"abcabc", "(?<n>abc)\\g<1>"}]).

properties() ->
    Chars = unicode:characters_to_binary([16#41, 16#e9, 16#3b1, 16#400, 16#5d0, 16#e01, 16#4e00, 16#1f600, 16#300, 16#2028, 16#20ac, 16#ab, 16#660, 16#10400,
                                          16#1e9e, 16#a64a, 16#df, 16#130, 16#131, 16#378, 16#e000, 16#ad, 16#5f]),
    [{P, re:run(Chars, "[" ++ P ++ "]+", [unicode, global, {capture, first, index}])}
     || P <- ["\\p{" ++ N ++ "}" || N <- ["L", "Lu", "Ll", "L&", "N", "Nd", "P", "Pi", "S", "Sc", "So", "Z", "Zl", "C", "Cn", "Co", "Cf", "M", "Mn", "Greek", "Cyrillic",
                                            "Hebrew", "Thai", "Han", "Common", "Inherited", "Deseret", "Any", "Xan", "Xps", "Xsp", "Xwd", "Xuc"]]] ++
    [re:run(Chars, <<P/binary>>, [unicode, ucp, caseless, global, {capture, first, index}])
     || P <- [<<"\\w+">>, <<"[[:alpha:]]+">>, <<"[[:punct:]]+">>, <<"[[:print:]]+">>, <<"\\b.">>, <<"\\d">>, <<195,137>>, <<206,145>>, <<"[",208,128,"-",209,191,"]">>,
              <<225,186,158>>, <<"[^\\W]">>, <<"\\p{Lu}">>]] ++
    [re:run(list_to_binary(lists:seq(0, 255)), "[[:" ++ C ++ ":]]", [global, {capture, first, index}] ++ O)
     || C <- ["alpha", "lower", "upper", "alnum", "ascii", "blank", "cntrl", "digit", "graph", "print", "punct", "space", "word", "xdigit"], O <- [[], [ucp], [caseless]]].

clusters() ->
    [re:run(unicode:characters_to_binary(S), "\\X", [unicode, global, {capture, first, index}])
     || S <- ["abc", [$e, 16#301, $x], [16#1100, 16#1161, 16#11a8, 16#ac00], [16#1f1e6, 16#1f1e7, 16#1f1e8], "\r\n\n\r", [16#e33, $a, 16#903]]] ++
    run_all([{"a\r\nb", "a\\Rb"}, {"a\r\nb", "a\\R{2}b"}, {"a\x{85}b", "a\\Rb"}, {"a\x{85}b", "(*BSR_ANYCRLF)a\\Rb"}, {"abcd", "\\X{2}?c"}]).

%% More than a turn's work: the process gives way, and goes on.
long_subjects() ->
    Long = binary:copy(<<"abcdefghij">>, fewer(50000)),
    [re:run(Long, "(?:[a-i]+j)*$"), re:run(Long, "(a|b|c|d|e|f|g|h|i|j)*k", [anchored]), re:run([Long, "k"], "[^k]*k", [{capture, all, index}]),
     re:run(Long, ".*x", [dotall]), re:run(<<Long/binary, 16#c3, 16#a9>>, "\\x{e9}", [unicode]), length(element(2, re:run(Long, "j", [global]))),
     byte_size(re:replace(Long, "[aeiou]", "", [global, {return, binary}])), length(re:split(binary:part(Long, 0, 20000), "j"))].

others_run() ->
    Self = self(),
    Ticker = spawn_link(fun() -> (fun Loop(N) -> receive {stop, From} -> From ! {ticks, N} after 0 -> Loop(N + 1) end end)(0) end),
    Result = re:run(lists:duplicate(24, $a) ++ "!", "(a+)+$", [anchored]),
    Ticker ! {stop, Self},
    receive {ticks, N} -> {Result, N > 10} end.

killed() ->
    {Pid, Monitor} = spawn_monitor(fun() -> re:run(lists:duplicate(50, $a) ++ "!", "((a+)+)+$", [{match_limit, 1 bsl 30}]) end),
    erlang:yield(),
    exit(Pid, kill),
    receive {'DOWN', Monitor, process, Pid, Why} -> Why end.

bad_utf8() ->
    Long = binary:copy(<<"a">>, 200000),
    [caught(fun() -> re:run(S, P, [unicode | O]) end)
     || {S, P, O} <- [{<<255>>, <<"a">>, []}, {<<"a">>, <<255>>, []}, {<<Long/binary, 255>>, <<"a">>, []}, {<<195, 169>>, <<".">>, [{offset, 1}]}, {<<195>>, <<".">>, []},
                      {<<237, 160, 128>>, <<".">>, []}, {<<240, 130, 130, 172>>, <<".">>, []}, {<<Long/binary, "b">>, <<"b">>, []}]].

stored() ->
    {ok, Compiled} = re:compile("(?<year>\\d+)-\\d+", [caseless, {newline, crlf}]),
    Again = binary_to_term(term_to_binary(Compiled)),
    Self = self(),
    spawn_link(fun() -> Self ! re:run("on 2024-05", Again, [{capture, [year], list}]) end),
    {receive Result -> Result end, caught(fun() -> re:run("a", setelement(5, Compiled, <<"no pattern">>)) end), caught(fun() -> re:run("a", Compiled, [caseless]) end)}.

start_optimisations() ->
    [re:run("xyzABCxyz", P, O)
     || P <- ["(*COMMIT)ABC", "(*COMMIT)(?:A|B)C", "(*COMMIT)[A]BC", "(*COMMIT)(A)BC", "(*COMMIT)A+BC", "(*COMMIT)A*ABC", "(?=A)(*COMMIT)ABC", "(*COMMIT)(?i)aBC",
              "(*COMMIT)(?:AB|AC)", "(*COMMIT)\\bABC", "(*COMMIT)A{2}|A", "(*PRUNE)x.*q", "(*COMMIT)^ABC", "(?m)(*COMMIT)^ABC"],
        O <- [[], [no_start_optimize], [anchored]]].

one(IsDamaged) ->
    IsUnicode = r(3) =:= 1,
    put(unicode, IsUnicode),
    Made = lists:flatten(alts(3)),
    Text = head() ++ case IsDamaged of true -> damage(Made); false -> Made end,
    Options = compile_options(IsUnicode),
    Chars = [subject_char(IsUnicode) || _ <- lists:seq(1, r(14) - 1)],
    RunOptions = [O || O <- run_options(), length(Chars) > 3 orelse not is_tuple(O) orelse element(1, O) =/= offset],
    case IsUnicode of
        true -> {unicode:characters_to_binary(Chars), unicode:characters_to_binary(Text), Options, RunOptions};
        false -> {Chars, Text, Options, RunOptions}
    end.

pick(L) -> lists:nth(r(length(L)), L).
call(L) -> (pick(L))().

head() -> case r(40) of 1 -> pick(["(*UTF8)","(*UCP)","(*CRLF)","(*ANYCRLF)","(*ANY)","(*CR)","(*BSR_ANYCRLF)","(*NO_START_OPT)","(*LIMIT_MATCH=50)","(*UTF)(*UCP)"]); _ -> "" end.
damage(P) when length(P) > 1 ->
    {A, [_ | B]} = lists:split(r(length(P)) - 1, P),
    A ++ case r(3) of
        1 -> [];
        2 -> [pick("()[]{}*+?\\|^$-:<>!=123PRCkgx")];
        3 -> pick(["(?", "[[:", "\\x{", "(*", "(?<", "(?P", "\\g", "\\k{", "{2,1}", "(?(", "\\p{", "]"])
    end ++ B;
damage(P) -> P.
compile_options(U) -> [unicode || U] ++ [O || O <- [caseless,multiline,dotall,extended,ungreedy,dupnames,firstline,anchored,dollar_endonly,no_auto_capture,ucp,no_start_optimize,bsr_anycrlf], r(9) =:= 1] ++ case r(8) of 1 -> [{newline, pick([cr,lf,crlf,any,anycrlf])}]; _ -> [] end.
run_options() -> [report_errors] ++ [O || O <- [notbol,noteol,notempty,notempty_atstart], r(12) =:= 1] ++ case r(10) of 1 -> [{offset, r(3)-1}]; _ -> [] end ++ case r(12) of 1 -> [{capture,pick([all,all_but_first,first,all_names,[1,2],[a]]),pick([index,binary])}]; _ -> [] end.
subject_char(true) -> pick("aaabbbcAB1_ \n\r\x{e9}\x{c9}\x{3b1}\x{391}\x{300}\x{1f600}kKss\x{17f}\x{212a}-");
subject_char(false) -> pick("aaaabbbbccABC1_ \n\r\x{e9}\x{c9}\x{b5}-xX.").
alts(D) -> case r(4) of 1 -> [seq(D), "|", alts(D)]; _ -> seq(D) end.
seq(D) -> [item(D) || _ <- lists:seq(1, r(4))].
item(D) -> A = atom_(D), case r(5) of 1 -> [A, quant()]; 2 when D < 3 -> [A, quant()]; _ -> A end.
quant() -> [pick(["*","+","?","*","+","?","{2}","{0,1}","{1,2}","{2,}","{0}","{1}"]), pick(["","","","?","+"])].
lit() -> case get(unicode) of true -> [pick("aabbcAB1_\x{e9}\x{3b1}\x{300}ks")]; _ -> [pick("aabbbcAB1_\x{e9}\x{b5}x")] end.
atom_(D) when D =< 0 -> leaf();
atom_(D) -> case r(12) of
   N when N =< 5 -> leaf();
   6 -> ["(", alts(D-1), ")"];
   7 -> ["(?:", alts(D-1), ")"];
   8 -> ["(", alts(D-1), ")"];
   9 -> call([fun() -> ["(?>", alts(D-1), ")"] end, fun() -> ["(?=", alts(D-1), ")"] end, fun() -> ["(?!", alts(D-1), ")"] end,
              fun() -> ["(?<=", lit(), alts(0), ")"] end, fun() -> ["(?<!", lit(), ")"] end, fun() -> ["(?|", alts(D-1), "|(", lit(), "))"] end,
              fun() -> ["(?i:", alts(D-1), ")"] end, fun() -> ["(?<a>", alts(D-1), ")"] end,  fun() -> ["(?'b'", alts(D-1), ")"] end, fun() -> ["(?-i)", lit()] end, fun() -> ["(?J)(?<a>", lit(), ")"] end]);
   10 -> call([fun() -> ["(?(1)", alts(0), "|", lit(), ")"] end, fun() -> ["(?(?=", lit(), ")", seq(D-1), "|", lit(), ")"] end, fun() -> ["(?(R)", lit(), "|", seq(D-1), ")"] end,
               fun() -> ["(?(?!", lit(), ")", seq(D-1), ")"] end, fun() -> ["(?(<a>)", lit(), ")"] end, fun() -> ["(?(DEFINE)", seq(D-1), ")"] end]);
   11 -> leaf2(); 12 -> [leaf(), leaf2()]
 end.
leaf() -> case r(10) of 1 -> pick([".","\\d","\\w","\\s","\\W","\\D","\\S","\\h","\\R","\\X","\\N","\\v","\\H"]); 2 -> class(); 3 -> pick(["^","$","\\b","\\B","\\A","\\z","\\Z","\\G"]); 4 -> "."; _ -> lit() end.
leaf2() -> pick(["\\1","\\2","\\g{-1}","\\k<a>","(?R)","(?1)","(?2)","(?-1)","(?+1)","(?&a)","(?P>a)","\\g<1>","(*COMMIT)","(*PRUNE)","(*SKIP)","(*THEN)","(*FAIL)","(*ACCEPT)","(*MARK:m)","(*SKIP:m)","(*PRUNE:m)","(*THEN:m)","\\K","(?C1)","\\C","\\Qa.b\\E","(?#c)","\\x{61}","\\x62","\\141","\\o{142}","\\cA","\\p{L}","\\p{Lu}","\\P{N}","\\p{Greek}","\\p{^Lu}","\\pL","\\p{L&}","\\p{Xan}","(*F)","(?i)","(?s)","(?m)","(?x) ","(?U)","(?)"]).
class() -> ["[", pick(["","^",""]), [celem() || _ <- lists:seq(1, r(3))], "]"].
celem() -> pick(["a-c","b","A-C","1","_","\\d","\\w","\\W","[:alpha:]","[:^lower:]","[:upper:]","[:space:]","[:punct:]","[:print:]","\\n","-","\\p{Lu}","\\x{e9}","\\h","\\V","[:word:]","[:blank:]","\\b"] ++ case get(unicode) of true -> [[16#3b1,$-,16#3c9],[16#e0,$-,16#ff],"\\x{100}-\\x{400}"]; _ -> ["\xe0-\xfe"] end).
