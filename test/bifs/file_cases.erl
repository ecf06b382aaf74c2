%% Sequences of file operations, each in an empty directory of its own. Results do not name the directory.
-module(file_cases).
-export([names/1, modes/1, reading/1, reading_lines/1, writing/1, positions/1, positions_in_append_mode/1,
         truncating/1, allocating/1, advising/1, infos/1, permissions/1, owners/1, times/1, links/1, directories/1,
         listing/1, removing/1, renaming/1, renaming_root/1, working_directory/1, closed_files/1, owner_ends/1,
         several_users/1, bad_names/1, bad_arguments/1, whole_files/1, devices/1, through_pointers/1, synced/1,
         handles/1, descriptors/1, long_vectors/1, raw_names/1, large_reads/1, copies/1, other_processes_file/1, archives/1]).

-include_lib("kernel/include/file.hrl").

in(Dir, Name) -> Dir ++ "/" ++ Name.

%% Errors as they are; of anything else no references.
open(Name, Modes) ->
    case prim_file:open(Name, Modes) of
        {ok, File} -> File;
        Error -> Error
    end.

opened({ok, File}) -> ok = prim_file:close(File), opened;
opened(Other) -> Other.

write(Name, Data) -> ok = prim_file:write_file(Name, Data).

content(Name) -> prim_file:read_file(Name).

caught(F) -> try F() catch Class:Reason -> {Class, Reason} end.

names(_) ->
    Names = ["", "a", [$a, [$b, "c"], [] | "d"], [228], [8364, $x], [16#10FFFF], [16#110000], [16#D800], [-1], [0], "a\0b",
             <<"a">>, <<>>, <<"a", 0>>, <<228>>, <<1:3>>, a, 1, {}, [a], [$a | b], ["a" | $b], [<<"a">>], [$a | <<"b">>], [1.0],
             [1 bsl 70], [$a, [[[$b]]]]],
    [[{N, caught(fun() -> prim_file:internal_name2native(N) end)} || N <- Names],
     [{B, [caught(fun() -> prim_file:F(B) end)
           || F <- [internal_native2name, internal_normalize_utf8, is_translatable]]}
      || B <- [<<>>, <<"abc">>, <<228>>, <<195, 164>>, <<"a", 204, 136>>, <<"A", 204, 138, "o", 204, 136>>, <<0>>, <<255, 0>>, a, "a",
               <<1:1>>, <<237, 160, 128>>, <<240, 159, 152, 128>>]],
     file:native_name_encoding()].

modes(Dir) ->
    F = in(Dir, "f"),
    Sets = [[], [read], [write], [append], [exclusive], [read, write], [read, append], [read, exclusive], [write, exclusive],
            [read, write, exclusive], [sync], [read, write, sync], [raw, binary, read], [foo, {bar, 1}], [directory],
            [directory, read], [directory, write], [skip_type_check], [read | write], foo, [read, {read_ahead, 10}], [write, append],
            [{read_ahead, 0}], [{delayed_write, 1, 1}]],
    Missing = [{M, caught(fun() -> opened(prim_file:open(F, M)) end), prim_file:delete(F)} || M <- Sets],
    Existing = [begin
                    write(F, "0123456789"),
                    R = caught(fun() -> opened(prim_file:open(F, M)) end),
                    {M, R, content(F)}
                end || M <- Sets],
    Directories = [{M, caught(fun() -> opened(prim_file:open(Dir, M)) end)} || M <- Sets],
    Others = [{M, caught(fun() -> [opened(prim_file:open(N, M)) || N <- [in(Dir, "no/f"), in(Dir, "f/g"), ""]] end)} || M <- Sets],
    [Missing, Existing, Directories, Others].

reading(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789abcdef"),
    File = open(F, [read, binary]),
    Results = [caught(fun() -> prim_file:read(File, N) end) || N <- [0, 1, 5, 0, -1, 1.0, foo, 1 bsl 70, 100, 0, 1]],
    Pread = [caught(fun() -> prim_file:pread(File, O, N) end)
             || {O, N} <- [{0, 3}, {10, 100}, {16, 1}, {15, 1}, {100, 1}, {-1, 1}, {1, -1}, {0, 0}, {1.0, 2}, {a, 1}, {1 bsl 60, 5},
                           {1 bsl 63, 5}, {(1 bsl 63) - 1, 5}, {bof, 1}]],
    Several = prim_file:pread(File, [{0, 2}, {14, 10}, {20, 1}, {2, 0}]),
    After = prim_file:read(File, 1),
    Write = [prim_file:write(File, "x"), prim_file:pwrite(File, 0, "x"), prim_file:truncate(File)],
    ok = prim_file:close(File),
    Ahead = open(F, [read, {read_ahead, 4}]),
    AheadResults = [prim_file:read(Ahead, 1), prim_file:read(Ahead, 3), prim_file:position(Ahead, cur),
                    prim_file:read(Ahead, 2), prim_file:read(Ahead, 9), prim_file:read(Ahead, 9), prim_file:read(Ahead, 1)],
    Dirs = case open(Dir, [read, directory]) of
               {error, _} = E -> E;
               D -> [prim_file:read(D, 10), prim_file:pread(D, 0, 10), prim_file:write(D, "x"), prim_file:sync(D),
                     prim_file:close(D)]
           end,
    [Results, Pread, Several, After, Write, AheadResults, Dirs].

reading_lines(Dir) ->
    F = in(Dir, "f"),
    write(F, ["one\n", "two\r\n", "\n\r\n", lists:duplicate(1000, $x), "\nlast"]),
    [begin
         File = open(F, [read | M]),
         Lines = lines(File),
         ok = prim_file:close(File),
         Lines
     end || M <- [[], [{read_ahead, 3}], [{read_ahead, 5000}]]].

lines(File) ->
    case prim_file:read_line(File) of
        {ok, Line} -> [Line | lines(File)];
        Other -> [Other]
    end.

writing(Dir) ->
    F = in(Dir, "f"),
    File = open(F, [write, read]),
    Written = [prim_file:write(File, D) || D <- ["abc", <<"def">>, ["g", [<<"hi">>], $j | <<"k">>], [], <<>>, foo, [1000], <<1:3>>]],
    At = [prim_file:pwrite(File, O, D)
          || {O, D} <- [{0, "A"}, {20, "end"}, {-1, "x"}, {1.0, "x"}, {a, "x"}, {5, foo}, {3, []}, {1 bsl 63, "x"}]],
    Several = prim_file:pwrite(File, [{1, "B"}, {2, <<"C">>}]),
    Position = prim_file:position(File, cur),
    ok = prim_file:close(File),
    Only = open(F, [write, append]),
    Appended = [prim_file:write(Only, "tail"), prim_file:pwrite(Only, 0, "more"), prim_file:position(Only, cur),
                prim_file:read(Only, 1), prim_file:close(Only)],
    [Written, At, Several, Position, Appended, content(F)].

positions(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    File = open(F, [read, write]),
    Steps = [{bof, 3}, {cur, 2}, {cur, -1}, {eof, -2}, {eof, 5}, {bof, -1}, {cur, -100}, bof, cur, eof, 7, -7, {foo, 1}, foo, 1.0,
             {bof, 1.0}, {bof, foo}, {bof, 1 bsl 70}, {cur, 0}],
    Results = [{S, prim_file:position(File, S), prim_file:read(File, 1)} || S <- Steps],
    prim_file:position(File, {eof, 5}),
    ok = prim_file:write(File, "hole"),
    [Results, prim_file:position(File, cur), prim_file:close(File), content(F)].

positions_in_append_mode(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    File = open(F, [read, append]),
    R1 = [prim_file:position(File, cur), prim_file:read(File, 3), prim_file:position(File, cur), prim_file:write(File, "ab"),
          prim_file:position(File, cur), prim_file:read(File, 3), prim_file:position(File, {bof, 1}), prim_file:read(File, 2),
          prim_file:write(File, "cd"), prim_file:position(File, cur)],
    ok = prim_file:close(File),
    [R1, content(F)].

truncating(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    File = open(F, [read, write]),
    R = [prim_file:position(File, 4), prim_file:truncate(File), content(F), prim_file:position(File, 8),
         prim_file:truncate(File), content(F), prim_file:position(File, cur)],
    ok = prim_file:close(File),
    Only = open(F, [read]),
    [R, prim_file:truncate(Only), prim_file:close(Only)].

allocating(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    File = open(F, [read, write]),
    Results = [{prim_file:allocate(File, O, L), byte_size(element(2, content(F)))}
               || {O, L} <- [{0, 5}, {5, 20}, {0, 0}, {-1, 5}, {1, -1}, {1.0, 5}, {a, 5}, {30, 1}, {1 bsl 63, 1}]],
    ok = prim_file:close(File),
    Only = open(F, [read]),
    [Results, prim_file:allocate(Only, 0, 100), prim_file:close(Only)].

advising(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    File = open(F, [read]),
    [[prim_file:advise(File, 0, 5, A) || A <- [normal, random, sequential, will_need, dont_need, no_reuse, foo, 1]],
     [prim_file:advise(File, O, L, normal) || {O, L} <- [{-1, 1}, {1, -1}, {a, 1}, {1.0, 1}, {1 bsl 63, 1}, {0, 0}]],
     prim_file:close(File), prim_file:advise(File, 0, 0, normal)].

%% Inodes and devices are checked against each other, times against the clock.
info({ok, #file_info{size = S, type = T, access = A, atime = AT, mtime = M, ctime = C, mode = Mode, links = L, inode = I, uid = U,
                     gid = G, major_device = Ma, minor_device = Mi}}) ->
    {S, T, A, [is_time(X) || X <- [AT, M, C]], Mode, L, is_integer(I), U, G, is_integer(Ma), Mi};
info(Other) -> Other.

is_time(undefined) -> undefined;
is_time(Seconds) when is_integer(Seconds) -> abs(os:system_time(second) - Seconds) < 100;
is_time({{_, _, _}, {_, _, _}}) -> date.

infos(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    ok = prim_file:make_symlink("f", in(Dir, "link")),
    ok = prim_file:make_symlink("nowhere", in(Dir, "dangling")),
    ok = prim_file:make_symlink("loop", in(Dir, "loop")),
    Names = [F, in(Dir, "link"), in(Dir, "dangling"), in(Dir, "loop"), in(Dir, "missing"), in(Dir, "f/g"), Dir, "/dev/null", "",
             "/", in(Dir, "loop/x")],
    Posix = [{info(prim_file:read_file_info(N, [{time, posix}])), info(prim_file:read_link_info(N, [{time, posix}]))} || N <- Names],
    Universal = [info(prim_file:read_file_info(N, [{time, universal}])) || N <- Names],
    {ok, File} = prim_file:open(F, [read]),
    Handle = info(prim_file:read_handle_info(File, [{time, posix}])),
    {ok, #file_info{inode = I1, major_device = D1}} = prim_file:read_file_info(F, [{time, posix}]),
    {ok, #file_info{inode = I2, major_device = D2}} = prim_file:read_handle_info(File, [{time, posix}]),
    ok = prim_file:close(File),
    Bad = [caught(fun() -> prim_file:read_file_info(N, O) end) || {N, O} <- [{foo, []}, {F, foo}, {F, [{time, foo}]}]],
    [Posix, Universal, Handle, I1 =:= I2, D1 =:= D2, prim_file:read_handle_info(File), Bad].

permissions(Dir) ->
    F = in(Dir, "f"),
    write(F, "x"),
    [begin
         R = prim_file:write_file_info(F, #file_info{mode = M}, [{time, posix}]),
         {ok, #file_info{mode = Got, access = A}} = prim_file:read_file_info(F, [{time, posix}]),
         {ok, File} = prim_file:open(F, [read]),
         {ok, #file_info{access = HA}} = prim_file:read_handle_info(File, [{time, posix}]),
         ok = prim_file:close(File),
         {R, Got, A, HA}
     end || M <- [8#644, 8#000, 8#400, 8#200, 8#777, 8#4755, 8#2711, 8#1777, 8#100644, -1, 1 bsl 40, 8#600]].

owners(Dir) ->
    F = in(Dir, "f"),
    write(F, "x"),
    {ok, #file_info{uid = U, gid = G}} = prim_file:read_file_info(F, [{time, posix}]),
    [{prim_file:write_file_info(F, #file_info{uid = A, gid = B}, [{time, posix}]),
      info(prim_file:read_file_info(F, [{time, posix}]))}
     || {A, B} <- [{U, G}, {undefined, G}, {U, undefined}, {foo, G}]] ++
    [prim_file:write_file_info(in(Dir, "missing"), #file_info{uid = U, gid = G}, [{time, posix}])].

times(Dir) ->
    F = in(Dir, "f"),
    write(F, "x"),
    [begin
         R = prim_file:write_file_info(F, #file_info{atime = A, mtime = M}, [{time, posix}]),
         {ok, #file_info{atime = AT, mtime = MT}} = prim_file:read_file_info(F, [{time, posix}]),
         {ok, #file_info{atime = UA, mtime = UM}} = prim_file:read_file_info(F, [{time, universal}]),
         case is_integer(A) of
             true -> {R, AT, MT, UA, UM};
             false -> {R, MT, UM}
         end
     end || {A, M} <- [{0, 0}, {1, 1000000000}, {1500000000, 2}, {4000000000, 4000000001}, {-1, -1000000}, {undefined, 77}]] ++
    [begin
         R = prim_file:write_file_info(F, #file_info{atime = T, mtime = T}, [{time, universal}]),
         {ok, #file_info{atime = UA, mtime = UM}} = prim_file:read_file_info(F, [{time, universal}]),
         {R, UA, UM}
     end || T <- [{{1970, 1, 1}, {0, 0, 0}}, {{2024, 2, 29}, {12, 34, 56}}, {{1969, 12, 31}, {23, 59, 59}}]] ++
    [prim_file:write_file_info(in(Dir, "missing"), #file_info{atime = 1, mtime = 1}, [{time, posix}])].

links(Dir) ->
    F = in(Dir, "f"),
    write(F, "content"),
    ok = prim_file:make_dir(in(Dir, "d")),
    N = fun(Name) -> in(Dir, Name) end,
    Results = [prim_file:make_symlink("f", N("s")), prim_file:make_symlink("f", N("s")), prim_file:make_symlink("", N("e")),
               prim_file:make_symlink("x", N("no/s")), prim_file:make_link(F, N("h")), prim_file:make_link(F, N("h")),
               prim_file:make_link(N("missing"), N("h2")), prim_file:make_link(N("d"), N("h3")), prim_file:make_link(F, N("no/h")),
               prim_file:make_symlink(<<"raw", 228>>, N("r")), prim_file:make_symlink([228, 8364], N("u"))],
    Read = [{prim_file:read_link(N(X)), prim_file:read_link_all(N(X))} || X <- ["s", "h", "d", "missing", "r", "u", "f/x"]],
    [Results, Read, content(N("s")), content(N("h")), info(prim_file:read_file_info(F, [{time, posix}])), prim_file:delete(N("s")),
     prim_file:delete(N("h")), content(F)].

directories(Dir) ->
    N = fun(Name) -> in(Dir, Name) end,
    write(N("f"), "x"),
    Made = [prim_file:make_dir(N(X)) || X <- ["d", "d", "f", "no/d", "f/d", "d/e", "d/e/"]],
    ok = prim_file:make_symlink("d", N("s")),
    Removed = [prim_file:del_dir(N(X)) || X <- ["d", "f", "missing", "no/d", "f/d", "s", "d/e", "d/", "d"]],
    [Made, Removed, prim_file:del_dir(""), prim_file:make_dir(""), prim_file:make_dir("/"), prim_file:del_dir("/")].

listing(Dir) ->
    N = fun(Name) when is_binary(Name) -> <<(list_to_binary(Dir))/binary, "/", Name/binary>>; (Name) -> in(Dir, Name) end,
    [ok = prim_file:write_file(N(X), "") || X <- ["a", "b", ".hidden", [228], <<"raw", 228>>, "x y"]],
    ok = prim_file:make_dir(N("d")),
    Sorted = fun({ok, L}) -> {ok, lists:sort(L)}; (E) -> E end,
    [Sorted(prim_file:list_dir_all(Dir)), prim_file:list_dir(N("missing")), prim_file:list_dir(N("a")), prim_file:list_dir(N("d")),
     prim_file:list_dir(""), prim_file:list_dir(foo), prim_file:delete(N(<<"raw", 228>>)), Sorted(prim_file:list_dir(Dir))].

removing(Dir) ->
    N = fun(Name) -> in(Dir, Name) end,
    write(N("f"), "x"),
    ok = prim_file:make_dir(N("d")),
    ok = prim_file:make_symlink("nowhere", N("s")),
    [prim_file:delete(N(X)) || X <- ["f/x", "f", "f", "d", "s", "no/f", ""]] ++ [prim_file:delete("")].

renaming(Dir) ->
    N = fun(Name) -> in(Dir, Name) end,
    write(N("f"), "f"),
    write(N("g"), "g"),
    [ok = prim_file:make_dir(N(D)) || D <- ["d", "e", "full"]],
    write(N("full/x"), "x"),
    [{A, B, prim_file:rename(N(A), N(B))}
     || {A, B} <- [{"f", "g"}, {"missing", "x"}, {"g", "d"}, {"d", "g"}, {"d", "e"}, {"e", "full"}, {"e", "e/sub"}, {"g", "no/g"},
                   {"g", "g"}, {"g", "full/x/y"}, {"full", "e"}, {"g", ""}, {"", "g"}]] ++
    [content(N("g")), prim_file:rename("", N("x")), prim_file:rename(N("g"), "")].

renaming_root(Dir) ->
    [prim_file:rename("/", in(Dir, "x")), prim_file:rename("/", "/"), prim_file:rename(in(Dir, "x"), "/")].

working_directory(Dir) ->
    {ok, Before} = prim_file:get_cwd(),
    ok = prim_file:make_dir(in(Dir, "d")),
    write(in(Dir, "f"), "top"),
    write(in(Dir, "d/f"), "sub"),
    ok = prim_file:make_symlink("d", in(Dir, "s")),
    R1 = [prim_file:set_cwd(X) || X <- [in(Dir, "missing"), in(Dir, "f"), "", foo]],
    ok = prim_file:set_cwd(Dir),
    {ok, Here} = prim_file:get_cwd(),
    R2 = [content("f"), content("d/f"), content("../working_directory/f"), prim_file:set_cwd("s"), content("f"),
          element(2, prim_file:get_cwd()) =:= Here ++ "/d", prim_file:list_dir("."), prim_file:del_dir("."),
          prim_file:del_dir("../d"), prim_file:make_dir("x"), prim_file:list_dir(in(Here, "d/x")), prim_file:set_cwd(".."),
          element(2, prim_file:get_cwd()) =:= Here, prim_file:make_symlink("f", "t"), content("t"), prim_file:rename("t", "d/t"),
          content("d/t"), prim_file:del_dir("d"), prim_file:set_cwd("d"), prim_file:delete("f"), prim_file:delete("t"), prim_file:del_dir("x"),
          prim_file:del_dir(in(Here, "d")), prim_file:get_cwd(), content("f"), prim_file:make_dir("y")],
    ok = prim_file:set_cwd(Before),
    [R1, R2, [caught(fun() -> prim_file:get_cwd(X) end) || X <- ["c:", "", foo, [$c]]]].

closed_files(Dir) ->
    F = in(Dir, "f"),
    write(F, "x"),
    {ok, File} = prim_file:open(F, [read, write]),
    ok = prim_file:close(File),
    [prim_file:close(File), prim_file:read(File, 1), prim_file:write(File, "x"), prim_file:pread(File, 0, 1),
     prim_file:pwrite(File, 0, "x"), prim_file:position(File, 0), prim_file:truncate(File), prim_file:sync(File),
     prim_file:datasync(File), prim_file:allocate(File, 0, 1), prim_file:advise(File, 0, 1, normal), prim_file:read_line(File),
     prim_file:read_handle_info(File), caught(fun() -> prim_file:get_handle(File) end)].

owner_ends(Dir) ->
    F = in(Dir, "f"),
    write(F, "x"),
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> Self ! prim_file:open(F, [read]), receive stop -> ok end end),
    {ok, #file_descriptor{data = Data} = File} = receive {ok, _} = Opened -> Opened end,
    Mine = File#file_descriptor{data = Data#{owner := Self}},
    While = prim_file:read(Mine, 1),
    Pid ! stop,
    receive {'DOWN', Ref, process, Pid, normal} -> ok end,
    receive after 50 -> ok end,
    [While, prim_file:read(Mine, 1), prim_file:close(Mine), caught(fun() -> prim_file:read(File, 1) end)].

other_processes_file(Dir) ->
    F = in(Dir, "f"),
    write(F, "x"),
    {ok, File} = prim_file:open(F, [read]),
    Self = self(),
    {_, Ref} = spawn_monitor(fun() ->
        Self ! {results, [caught(fun() -> prim_file:read(File, 1) end), caught(fun() -> prim_file:close(File) end)]}
    end),
    Results = receive {results, R} -> R end,
    receive {'DOWN', Ref, process, _, _} -> ok end,
    [Results, prim_file:read(File, 1)].

several_users(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    {ok, A} = prim_file:open(F, [read, write]),
    {ok, B} = prim_file:open(F, [read, write]),
    [prim_file:read(A, 3), prim_file:read(B, 5), prim_file:write(A, "abc"), prim_file:read(B, 5), prim_file:position(B, eof),
     prim_file:write(B, "end"), prim_file:read(A, 100), prim_file:delete(F), prim_file:pread(A, 0, 100), prim_file:close(A),
     prim_file:read(B, 1), prim_file:close(B)].

bad_names(_) ->
    Bad = [foo, 1, {}, [0], "a\0", <<"a", 0>>, [a], [16#110000], <<1:3>>],
    Functions = [{open, [read]}, {read_file}, {list_dir}, {make_dir}, {del_dir}, {delete}, {read_link}, {read_link_all},
                 {read_file_info}, {read_link_info}, {set_cwd}, {altname}, {rename, "x"}, {make_link, "x"}, {make_symlink, "x"},
                 {write_file, "x"}],
    [[{F, [caught(fun() -> apply(prim_file, F, [Name | Rest]) end) || Name <- Bad]} || [F | Rest] <- [tuple_to_list(T) || T <- Functions]],
     [caught(fun() -> prim_file:F("x", Name) end) || F <- [rename, make_link, make_symlink], Name <- Bad]].

bad_arguments(Dir) ->
    F = in(Dir, "f"),
    write(F, "x"),
    [caught(fun() -> prim_file:open(F, M) end) || M <- [foo, 1, {}, [read | foo]]] ++
    [caught(fun() -> prim_file:Fun(foo) end) || Fun <- [close, sync, datasync, truncate, read_line]] ++
    [caught(fun() -> prim_file:altname(F) end)].

whole_files(Dir) ->
    F = in(Dir, "f"),
    Big = binary:copy(<<"0123456789abcdef">>, 20000),
    [begin
         R = prim_file:write_file(F, D),
         {R, case content(F) of {ok, C} when byte_size(C) > 1000 -> {byte_size(C), erlang:md5(C)}; Other -> Other end}
     end || D <- ["", "x", Big, [Big, $x, [Big]], foo, [<<1:3>>]]] ++
    [content(Dir), content(in(Dir, "missing")), content(in(F, "x")), content(""), prim_file:write_file(Dir, "x"),
     prim_file:write_file(in(Dir, "no/x"), "x"), element(1, content("/proc/self/stat"))].

devices(_) ->
    {ok, Null} = prim_file:open("/dev/null", [read, write]),
    {ok, Zero} = prim_file:open("/dev/zero", [read]),
    {ok, Full} = prim_file:open("/dev/full", [write]),
    R = [prim_file:read(Null, 5), prim_file:write(Null, "abc"), prim_file:position(Null, {cur, 3}), prim_file:position(Null, 5),
         prim_file:pread(Null, 3, 5), prim_file:read(Zero, 5), prim_file:pread(Zero, 100, 3), prim_file:write(Full, "abc"),
         prim_file:write(Full, []), prim_file:truncate(Null), prim_file:sync(Null)],
    [R, [prim_file:close(X) || X <- [Null, Zero, Full]], info(prim_file:read_file_info("/dev/zero", [{time, universal}]))].

through_pointers(Dir) ->
    F = in(Dir, "f"),
    write(F, [<<5:32, 8:32, "hello">>, <<100:32, 8:32>>, <<0:32, 0:32>>, <<3:32, 1000:32>>, <<1, 2>>]),
    {ok, File} = prim_file:open(F, [read]),
    R = [prim_file:ipread_s32bu_p32bu(File, O, L)
         || {O, L} <- [{0, 100}, {0, 5}, {0, 4}, {13, 1000}, {13, 100}, {13, infinity}, {21, 10}, {29, 10}, {37, 10}, {100, 10}, {-1, 10},
                       {a, 10}, {0, 1 bsl 31}, {0, (1 bsl 31) - 1}, {0, -1}]],
    [R, prim_file:close(File)].

synced(Dir) ->
    F = in(Dir, "f"),
    {ok, File} = prim_file:open(F, [write]),
    R = [prim_file:write(File, "abc"), prim_file:sync(File), prim_file:datasync(File)],
    [R, prim_file:close(File), content(F)].

handles(Dir) ->
    F = in(Dir, "f"),
    {ok, File} = prim_file:open(F, [write]),
    Handle = prim_file:get_handle(File),
    [is_binary(Handle), byte_size(Handle), prim_file:close(File)].

descriptors(Dir) ->
    F = in(Dir, "f"),
    write(F, "0123456789"),
    {ok, File} = prim_file:open(F, [read]),
    <<Number:32/native>> = prim_file:get_handle(File),
    {ok, Same} = prim_file:file_desc_to_ref(Number, [read]),
    R = [prim_file:read(Same, 3), prim_file:position(Same, cur), prim_file:position(Same, {eof, -2}), prim_file:read(Same, 5),
         prim_file:pread(Same, 1, 2), prim_file:close(Same)],
    [R, prim_file:read(File, 1), prim_file:close(File),
     [caught(fun() -> prim_file:file_desc_to_ref(X, [read]) end) || X <- [100000, -1, foo, 1.0, 1 bsl 40]]].

long_vectors(Dir) ->
    F = in(Dir, "f"),
    Data = [integer_to_binary(N) || N <- lists:seq(1, 1000)],
    Large = [binary:copy(<<N>>, 100) || N <- lists:seq(0, 255)],
    {ok, File} = prim_file:open(F, [write, read]),
    R = [prim_file:write(File, Data), prim_file:pwrite(File, 5000, Large), prim_file:pwrite(File, 3, lists:reverse(Data))],
    {ok, C} = content(F),
    [R, prim_file:position(File, cur), byte_size(C), erlang:md5(C), prim_file:close(File)].

raw_names(Dir) ->
    D = list_to_binary(Dir),
    N = fun(Name) -> <<D/binary, "/", Name/binary>> end,
    [prim_file:write_file(N(<<"a">>), "x"), prim_file:write_file(N(<<228>>), "y"), content(N(<<228>>)),
     prim_file:rename(N(<<228>>), N(<<195, 164>>)), content(in(Dir, [228])), prim_file:delete(N(<<195, 164>>)),
     lists:sort(element(2, prim_file:list_dir_all(D)))].

large_reads(Dir) ->
    F = in(Dir, "f"),
    write(F, binary:copy(<<"0123456789">>, 50000)),
    {ok, File} = prim_file:open(F, [read]),
    Sizes = [65536, 65537, 1, 200000, 1000000, 1],
    R = [case prim_file:read(File, N) of {ok, B} -> {byte_size(B), erlang:md5(B)}; Other -> Other end || N <- Sizes],
    P = [case prim_file:pread(File, O, N) of {ok, B} -> {byte_size(B), erlang:md5(B)}; Other -> Other end
         || {O, N} <- [{1, 65536}, {3, 300000}, {499999, 1 bsl 20}, {500000, 1 bsl 20}]],
    [R, P, prim_file:close(File)].

copies(Dir) ->
    F = in(Dir, "f"),
    write(F, binary:copy(<<"abc">>, 10000)),
    {ok, A} = prim_file:open(F, [read]),
    {ok, B} = prim_file:open(in(Dir, "g"), [write]),
    {ok, Data} = prim_file:read(A, 30000),
    R = prim_file:write(B, Data),
    [R, prim_file:close(A), prim_file:close(B), content(F) =:= content(in(Dir, "g"))].

%% prim_zip, which code in archives is loaded with.
archives(Dir) ->
    Entries = [{"a.txt", <<"small">>, 8}, {"dir/b.txt", binary:copy(<<"large text ">>, 5000), 8}, {"stored", <<"as it is">>, 0}, {"dir/", <<>>, 0}],
    Archive = archive(Entries),
    F = in(Dir, "x.zip"),
    write(F, Archive),
    Collect = fun({Name, _, GetBin}, Acc) -> {true, true, [{Name, erlang:md5(GetBin())} | Acc]} end,
    [[begin
          {ok, Zip, Found} = prim_zip:open(Collect, [], What),
          {ok, _, Again} = prim_zip:foldl(fun({Name, _, _}, Acc) -> {true, true, [Name | Acc]} end, [], Zip),
          [Found, Again, prim_zip:close(Zip)]
      end || What <- [F, {F, Archive}]],
     [caught(fun() -> prim_zip:open(Collect, [], {F, Bad}) end)
      || Bad <- [<<>>, <<"rubbish">>, binary:part(Archive, 0, 100), binary:part(Archive, 0, byte_size(Archive) - 1)]],
     prim_zip:open(Collect, [], in(Dir, "missing"))].

archive(Entries) -> archive(Entries, <<>>, <<>>, 0).

archive([{Name, Data, Method} | Rest], Files, Directory, Count) ->
    Stored = case Method of 8 -> zlib:zip(Data); 0 -> Data end,
    Common = <<20:16/little, 0:16, Method:16/little, 0:16, 33:16/little, (erlang:crc32(Data)):32/little, (byte_size(Stored)):32/little,
               (byte_size(Data)):32/little, (length(Name)):16/little, 0:16>>,
    File = <<16#04034b50:32/little, Common/binary, (list_to_binary(Name))/binary, Stored/binary>>,
    Entry = <<16#02014b50:32/little, 20:16/little, Common/binary, 0:16, 0:16, 0:16, 0:32, (byte_size(Files)):32/little, (list_to_binary(Name))/binary>>,
    archive(Rest, <<Files/binary, File/binary>>, <<Directory/binary, Entry/binary>>, Count + 1);
archive([], Files, Directory, Count) ->
    <<Files/binary, Directory/binary, 16#06054b50:32/little, 0:16, 0:16, Count:16/little, Count:16/little, (byte_size(Directory)):32/little,
      (byte_size(Files)):32/little, 0:16>>.
