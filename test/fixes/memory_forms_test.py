"""Every fix of the rules about memory under tensors, applied to every form in which its code can be spelled, and compiled; see forms.py."""
from forms import Form, fill, try_rules
from project import Project

REQUIRES = ["driver"]

HEAD = """
#include <array>
#include <cstring>
#include <memory>
#include <string>
namespace F = torch::nn::functional;
inline Tensor load(int i) { return torch::full({2}, i); }
inline std::vector<int64_t> shape() { return {2, 2}; }
template <class T> void show(const T &) {}
static Tensor kept;
"""

# Where the statements S can stand; A are the parameters of the function.
AROUND = {
    "function": "inline auto f(A) { S }",
    "template": "template <int N> auto f(A) { S }\ntemplate <class... Ts> auto call(Ts &&...ts) { return f<1>(ts...); }\nRUN",
    "generic": "template <class T> auto f(T, A) { S }\ntemplate <class... Ts> auto call(Ts &&...ts) { return f(1, ts...); }\nRUN",
    "member": "struct Holder { auto f(A) { S } };",
    "outside": "struct Holder { int n = 1; void g(A); };\nvoid Holder::g(A) { auto f = [&]() { S }; f(); }",
    "lambda": "inline void f(A) { auto inner = [&]() { S }; inner(); }",
    "block": "inline auto f(A) { if (flag) { S } else { S } }",
}


def around(name, parameters, given, body, fixed, places=AROUND):
    """The body in each of the places. `given` are arguments for the parameters, with which templates are used."""
    for place in places:
        code = fill(AROUND[place], A=parameters, S=body, RUN=f"inline void use() {{ call({given}); }}")
        yield Form(f"{name}: {place}", code, fixed)


BLOB = "Tensor in, bool flag"
BLOB_GIVEN = "torch::ones({2}), true"


def from_blob_lifetime():
    memories = {
        "vector": ("std::vector<float> v(3);", "v.data()"), "first element": ("std::vector<float> v(3);", "&v[0]"),
        "array": ("std::array<float, 3> v{};", "v.data()"), "C array": ("float v[3] = {};", "v"), "pointer": ("std::vector<float> v(3); float *p = v.data();", "p"),
        "unique": ("auto v = std::make_unique<float[]>(3);", "v.get()"), "cast": ("std::vector<float> v(3);", "static_cast<void *>(v.data())"),
        "C cast": ("std::string v(12, 'a');", "(void *)v.data()"), "one value": ("float v = 1;", "&v"),
    }
    makes = {
        "plain": ("torch::from_blob(M, {1})", True), "at": ("at::from_blob(M, {1})", True), "options": ("torch::from_blob(M, {1}, torch::kFloat)", True),
        "strides": ("torch::from_blob(M, {1}, {1}, torch::TensorOptions().dtype(torch::kFloat))", True),
        "view": ("torch::from_blob(M, {1}).view({1, 1})", True), "element": ("torch::from_blob(M, {1})[0]", True),
        "chain": ("torch::from_blob(M, {1}).unsqueeze(0).unsqueeze(0).squeeze(1)", True), "function": ("torch::unsqueeze(torch::from_blob(M, {1}), 0)", None),
        "may copy": ("torch::from_blob(M, {1}).to(torch::kFloat)", True), "deleter": ("torch::from_blob(M, {1}, [](void *) {})", True),
        "parentheses": ("(torch::from_blob(M, {1}))", None), "typed": ("Tensor(torch::from_blob(M, {1}))", None), "braces": ("Tensor{torch::from_blob(M, {1})}", None),
        "on lines": ("torch::from_blob(\n      M,\n      {1}\n    )\n    .view(\n      {-1}\n    )", True), "macro": ("MAKE(torch::from_blob, M, {1})", None),
        "comments": ("torch::from_blob(/* memory */ M, {1} /* one */) /* end */", True), "choice": ("(flag ? torch::from_blob(M, {1}) : in)", None),
        "in place": ("torch::from_blob(M, {1}).div_(255)", True), "comma": ("(flag = false, torch::from_blob(M, {1}))", None),
    }
    leaves = {
        "return": ("return B;", True), "auto": ("auto x = B; return x;", True), "typed": ("Tensor x = B; return x;", True), "parentheses": ("Tensor x(B); return x;", True),
        "braces": ("torch::Tensor x{B}; return x;", True), "const": ("const auto x = B; return x;", True), "moved": ("auto x = B; return std::move(x);", None),
        "assigned": ("Tensor x; x = B; return x;", True), "in parentheses": ("return (B);", None), "pair": ("return std::make_pair(B, 1);", None),
        "braced pair": ("return std::pair<Tensor, int>{B, 1};", None), "tuple": ("auto x = B; return std::make_tuple(1, x);", None),
        "pushed": ("std::vector<Tensor> all; all.push_back(B); return all;", None), "emplaced": ("std::vector<Tensor> all; all.emplace_back(B); return all;", None),
        "list": ("return std::vector<Tensor>{B, in};", None), "optional": ("return c10::optional<Tensor>(B);", None),
        "captured": ("auto x = B; return [x] { return x + 1; };", None), "init capture": ("return [x = B] { return x + 1; };", None),
        "if": ("if (flag) return B; return in;", None), "choice": ("return flag ? B : in;", None), "two declarators": ("auto x = B, y = B; return x;", None),
        "second declarator": ("Tensor y, x = B; return x;", True), "for": ("for (auto x = B; flag;) return x; return in;", None),
        "init of if": ("if (auto x = B; flag) return x; return in;", None), "switch": ("switch (int(flag)) { case 1: return B; default: return in; }", None),
        "kept": ("kept = B; return 0;", None), "by reference": ("auto &&x = B; return Tensor(x);", None), "filled": ("auto x = B; v[0] = 1; return x;", True),
        "chained later": ("auto x = B; return x.view({-1});", True), "operand": ("Tensor x = B; return flag ? x : x[0];", None),
        "static lambda": ("return [&] { return B; }();", None), "macro": ("#define STATEMENT_N return B;\n  STATEMENT_N", None),
    }
    prepare, shown = memories["vector"]
    for what, (make, fixed) in makes.items():
        for leaving, (text, leaves_fixed) in leaves.items():
            if leaving == "macro" or what != "plain" and leaving not in ("return", "auto", "assigned", "pair", "pushed", "choice", "filled"):
                continue
            yield Form(f"{what}: {leaving}", fill("inline auto f(Tensor in, bool flag) {\n  P\n  L\n}", P=prepare, L=fill(fill(text, B=make), M=shown)),
                       fixed and leaves_fixed)
    for memory, (prepare, shown) in memories.items():
        for leaving in ("return", "auto", "assigned", "pair", "macro"):
            text, fixed = leaves[leaving]
            body = "\n  " + prepare + "\n  " + fill(fill(text, B=makes["plain"][0]), M=shown) + "\n"
            yield from around(f"{memory}: {leaving}", BLOB, BLOB_GIVEN, body, fixed if memory != "C cast" else None,
                              AROUND if memory in ("vector", "C array") and leaving != "macro" else ("function",))
    ends = {"freed": ("auto *v = new float[1];", "delete[] v;"), "resized": ("std::vector<float> v(1);", "v.resize(100);"),
            "cleared": ("std::vector<float> v(1);", "v = std::vector<float>(4);"), "reset": ("auto v = std::make_unique<float[]>(1);", "v.reset();")}
    for end, (prepare, statement) in ends.items():
        for what in ("plain", "chain", "may copy", "on lines", "macro"):
            make, fixed = makes[what]
            for use, text in {"auto": "auto x = B; E show(x.sum());", "assigned": "Tensor x; x = B; E show(x.sum());", "if": "auto x = B; if (flag) E show(x.sum());",
                              "pushed": "std::vector<Tensor> all; all.push_back(B); E show(torch::stack(all));"}.items():
                body = fill(fill(text, B=make, E=statement), M="v.data()" if "vector" in prepare else "v.get()" if "unique" in prepare else "v")
                yield Form(f"{end}: {what}: {use}", f"inline void f(Tensor in, bool flag) {{\n  {prepare}\n  {body}\n}}", None if use == "pushed" else fixed)
    initial = "torch::from_blob(std::vector<float>(2).data(), {2})"
    for name, member in {"=": "Tensor m = B;", "braces": "Tensor m{B};", "list": "Tensor m; Net() : m(B) {}", "braced list": "Tensor m; Net() : m{B} {}",
                         "vector": "std::vector<Tensor> m{B, B};", "two": "Tensor n, m = B;", "inline static": "inline static Tensor m = B;"}.items():
        yield Form("member " + name, "struct Net { %s };\ninline Net make() { return Net(); }" % fill(member, B=initial), None)
        yield Form("template's member " + name, "template <int N> struct Net { %s };\ntemplate struct Net<1>;" % fill(member, B=initial), None)
    yield Form("global", f"static Tensor table = {initial};", True)
    yield Form("global in braces", f"const Tensor table{{{initial}.view({{1, 2}})}};", True)


def from_blob_dtype():
    calls = {
        "default": ("torch::from_blob(P, {2})", True), "strides": ("torch::from_blob(P, {2}, {1})", None), "default at": ("at::from_blob(P, {2})", True),
        "told": ("torch::from_blob(P, {2}, torch::kFloat)", True), "told at": ("torch::from_blob(P, {2}, at::kFloat)", True),
        "told c10": ("torch::from_blob(P, {2}, c10::ScalarType::Float)", True), "braces": ("torch::from_blob(P, {2}, {torch::kFloat})", None),
        "options": ("torch::from_blob(P, {2}, torch::TensorOptions().dtype(torch::kFloat))", None), "dtype": ("torch::from_blob(P, {2}, torch::dtype(torch::kFloat))", None),
        "options of": ("torch::from_blob(P, {2}, torch::TensorOptions(torch::kFloat))", None), "deleter": ("torch::from_blob(P, {2}, [](void *) {})", None),
        "deleter and dtype": ("torch::from_blob(P, {2}, [](void *) {}, torch::kFloat)", True), "strides and dtype": ("torch::from_blob(P, {2}, {1}, torch::kFloat)", True),
        "on lines": ("torch::from_blob(\n    P,\n    {2}\n  )", True), "comments": ("torch::from_blob(P, {2} /* sizes */)", True), "parentheses": ("torch::from_blob(P, {2}, (torch::kFloat))", None),
        "sizes in a name": ("torch::from_blob(P, sizes)", True), "sizes of a call": ("torch::from_blob(P, shape())", True), "one size": ("torch::from_blob(P, 2)", True),
        "macro": ("MAKE(torch::from_blob, P, {2})", False), "in a macro": ("HALF(torch::from_blob(P, {2}))", None), "chain": ("torch::from_blob(P, {2}).view({-1}).clone()", True),
        "operand": ("in + torch::from_blob(P, {2}) * 2", True), "choice": ("flag ? torch::from_blob(P, {2}) : in", True), "nested": ("torch::relu(torch::from_blob(P, {2}))", True),
        "options in a name": ("torch::from_blob(P, {2}, as_float)", None), "comma at the end": ("torch::from_blob(P, std::vector<int64_t>{2,})", True),
    }
    memories = {"double": ("static double v[2] = {};", "v"), "vector": ("static std::vector<double> v(2);", "v.data()"), "long": ("static std::vector<int64_t> v(2);", "&v[0]"),
                "cast": ("static std::vector<double> v(2);", "static_cast<void *>(v.data())"), "int": ("static std::array<int, 2> v{};", "v.data()")}
    for memory, (prepare, shown) in memories.items():
        for what, (call, fixed) in calls.items():
            body = fill(call, P=shown)
            for place, text in {"return": "return C;", "auto": "auto x = C; return x;", "if": "if (flag) return C; return Tensor(C);", "lambda": "return [&] { return C; }();"}.items():
                if memory not in ("double", "vector") and place != "return":
                    continue
                fits = None if place == "if" else fixed
                yield Form(f"{memory}, {what}: {place}", f"inline Tensor f(Tensor in, bool flag) {{\n  {prepare}\n  std::vector<int64_t> sizes{{2}}; auto as_float = torch::kFloat; (void)as_float;\n"
                           f"  {fill(text, C=body)}\n}}", fits)
        yield Form(f"{memory}: template", fill("template <class T> Tensor f(T n) {\n  P\n  return torch::from_blob(M, {n});\n}\ninline auto use() { return f(2); }", P=prepare, M=shown), None)
        yield Form(f"{memory}: member", "struct Net { static Tensor f() { %s return torch::from_blob(%s, {2}); } };" % (prepare, shown), True)
    yield Form("template's element", "template <class T> Tensor f(std::vector<T> &v) { return torch::from_blob(v.data(), {2}).clone(); }\n"
               "inline auto use(std::vector<double> &v) { return f(v); }", None)
    yield Form("using", "using torch::from_blob;\ninline Tensor f(std::vector<double> &v) { return from_blob(v.data(), {2}).clone(); }", True)


def dangling_memory():
    tensors = {
        "operation": ("in.exp()", True), "chain": ("in.cpu().contiguous()", True), "sum": ("(in + 1)", True), "function": ("torch::relu(in)", True), "minus": ("(-in)", True),
        "typed": ("Tensor(in + 1)", None), "element": ("std::get<0>(in.max(0))", None), "call": ("net(in)", True), "forward": ("net->forward(in)", True), "macro": ("HALF(in)", None),
        "comma": ("(flag = false, in * 2)", None), "choice": ("(flag ? in * 2 : in + 1)", None), "double parentheses": ("((in * 2))", None), "on lines": ("in\n      .exp()\n      .view({-1})", True),
        "assigned": ("(in = in * 2).exp()", None), "lambda": ("[&] { return in * 2; }()", None),
    }
    parts = {
        "data_ptr": ("T.data_ptr<float>()", "float *"), "untyped": ("T.data_ptr()", "void *"), "sizes": ("T.sizes()", "torch::IntArrayRef"),
        "cast": ("static_cast<const float *>(T.data_ptr())", "const float *"), "offset": ("T.data_ptr<float>() + 1", "float *"),
    }
    places = {
        "auto": ("auto p = P; show(*&p);", True), "auto pointer": ("auto *p = P; show(*p);", True), "typed": ("Q p = P; show(p);", True), "const": ("const auto p = P; show(p);", True),
        "parentheses": ("Q p(P); show(p);", True), "braces": ("Q p{P}; show(p);", True), "two": ("Q p = P; auto other = 1; show(p); show(other);", True),
        "second declarator": ("auto n = 1; int k = 1, l = 2; auto p = P; show(p); show(n + k + l);", True), "declared beside": ("float *q = nullptr, *p = P; show(p); show(q);", None),
        "assigned": ("Q p = Q(); p = P; show(p);", None), "if": ("Q p = Q(); if (flag) p = P; show(p);", None), "else": ("Q p = Q(); if (flag) show(1); else p = P; show(p);", None),
        "for": ("Q p = Q(); for (int i = 0; i < 2; ++i) p = P; show(p);", None), "while": ("Q p = Q(); while (flag) p = P; show(p);", None),
        "switch": ("switch (int(flag)) { case 1: auto p = P; show(p); }", None), "case": ("Q p = Q(); switch (int(flag)) { case 1: p = P; show(p); }", None),
        "label": ("Q p = Q(); again: p = P; show(p); if (flag) goto again;", None), "init of if": ("if (auto p = P; flag) show(p);", None), "init of for": ("for (auto p = P; flag;) show(p);", None),
        "condition": ("if (auto p = P) show(p);", None), "twice": ("auto p = P; auto q = P; show(p); show(q);", True), "taken": ("int p_tensor = 1; auto p = P; show(p); show(p_tensor);", None),
        "in a lambda": ("auto run = [&] { auto p = P; show(p); }; run();", True), "in a block": ("if (flag) { auto p = P; show(p); }", True), "static": ("static auto p = P; show(p);", None),
        "pair": ("auto p = std::make_pair(P, 1); show(p.first);", None), "macro": ("#define STATEMENT_N auto p = P;\n  STATEMENT_N show(p);", False), "loop over": ("for (auto p : P) show(p);", None),
        "comment": ("/* a */ auto p = /* b */ P /* c */; show(p); // d", True), "line": ("int i = 1; auto p = P; show(p); show(i);", True), "nested if": ("Q p = Q(); if (flag) if (!flag) p = P; show(p);", None),
    }
    for what, (tensor, fixed) in tensors.items():
        for place, (text, place_fixed) in places.items():
            for part, (leads, type_) in parts.items():
                if what not in ("operation", "sum", "chain") and place not in ("auto", "typed", "assigned", "if", "pair", "taken", "comment"):
                    continue
                if part not in ("data_ptr", "sizes") and (what != "operation" or place in ("condition", "auto pointer")):
                    continue
                if (place == "loop over") != (part == "sizes" and place == "loop over") or (place in ("condition", "auto pointer", "declared beside") and part != "data_ptr"):
                    continue
                if part == "untyped" and "*p" in text:
                    continue
                if part == "sizes" and what not in ("operation", "sum", "call"):
                    continue
                expression = fill(leads, T=tensor)
                code = f"inline void f(Tensor in, bool flag, nn::Linear net) {{\n  {fill(text, P=expression, Q='Pointer')}\n}}"
                always = place == "macro" and what not in ("typed", "element", "comma", "choice", "lambda", "macro", "double parentheses", "assigned")
                yield Form(f"{what}, {part}: {place}", f"using Pointer = {type_};\n" + code, place_fixed if fixed and place_fixed else False if always else None)
    for place in ("template", "generic", "member", "outside", "block"):
        yield from around("frame", "Tensor in, bool flag", BLOB_GIVEN, " auto *p = in.exp().data_ptr<float>(); show(*p); auto s = (in + 1).sizes(); show(s); ", None, (place,))
    for name, text in {"reference": "auto &w = net->named_parameters()[\"weight\"]; show(w);", "typed": "Tensor &w = net->named_parameters()[\"weight\"]; show(w);",
                       "tight": "Tensor&w=net->named_parameters()[\"weight\"]; show(w);", "const": "const Tensor &w = net->named_parameters()[\"weight\"]; show(w);",
                       "loop": "for (auto &p : net->named_parameters()[\"weight\"].sizes()) show(p);"}.items():
        yield Form("element: " + name, "inline void f(nn::Linear net) { %s }" % text, None)


def dangling_refs():
    types = {"torch": ("torch::IntArrayRef", "{n, 2}"), "at": ("at::IntArrayRef", "{n, 2}"), "c10": ("c10::ArrayRef<int64_t>", "{n, 2}"), "tensors": ("torch::TensorList", "{in, in}"),
             "doubles": ("at::ArrayRef<double>", "{1., 2.}"), "using": ("Sizes", "{n, 2}"), "call": ("torch::IntArrayRef", "shape()"), "one": ("torch::IntArrayRef", "n + 1"),
             "vector": ("torch::IntArrayRef", "std::vector<int64_t>{n, 2}"), "sizes": ("torch::IntArrayRef", "in.sizes().vec()"), "array": ("torch::IntArrayRef", "std::array<int64_t, 2>{n, 2}"),
             "strings": ("c10::ArrayRef<std::string>", '{"a", "b"}'), "scalars": ("at::ArrayRef<at::Scalar>", "{1, 2.0}"), "typed": ("torch::IntArrayRef", "torch::IntArrayRef({n, 2})"),
             "view": ("c10::string_view", "std::string(\"a\") + \"b\"")}
    places = {"=": "T r = V; show(r.size());", "const": "const T r = V; show(r.size());", "east const": "T const r = V; show(r.size());", "braces": "T r{V}; show(r.size());",
              "parentheses": "T r(V); show(r.size());", "two": "T q, r = V; show(r.size()); show(q.size());", "auto": "auto r = T(V); show(r.size());", "static": "static T r = V; show(r.size());",
              "for": "T r = V; for (auto &e : r) show(e);", "if": "if (flag) { T r = V; show(r.size()); }", "init of if": "if (T r = V; flag) show(r.size());",
              "slice": "T r = V; show(r.slice(1));", "vec": "T r = V; show(r.vec());", "front": "T r = V; show(r.front()); show(r[0]); show(r.back());", "given": "T r = V; takes(r);",
              "equals": "T r = V; show(r.equals(r));", "another": "T r = V; T s = r; show(s.size());", "returned": "T r = V; auto copy = r.vec(); show(copy);", "lambda": "auto run = [&] { T r = V; show(r[0]); }; run();",
              "captured": "T r = V; auto run = [r] { show(r[0]); }; run();", "assigned": "T r; r = T(V); show(r[0]);", "empty": "T r = V; if (r.empty()) show(1);", "iterator": "T r = V; show(*r.begin()); show(r.data());",
              "optional": "T r = V; c10::optional<T> maybe = r; show(maybe->size());", "macro": "#define STATEMENT_N T r = V;\n  STATEMENT_N show(r.size());", "assigned later": "T r = V; show(r.size()); r = T(); show(r.size());",
              "reference": "const T &r = V; show(r.size());"}
    for what, (type_, value) in types.items():
        for place, text in places.items():
            if what == "view" and any(word in text for word in ("vec", "slice", "equals", "takes")) or place == "braces" and value.startswith("std::") or place == "equals" and what == "tensors":
                continue
            code = fill(fill(text, T=type_), V=value).replace("{{", "{").replace("}}", "}").replace("r({n, 2})", "r({n, 2})")
            if what not in ("torch", "tensors", "call") and place not in ("=", "const", "braces", "two", "assigned", "given", "vec"):
                continue
            takes = "inline void takes(%s) {}\n" % type_ if "takes(" in text else ""
            yield Form(f"{what}: {place}", f"using Sizes = torch::IntArrayRef;\n{takes}inline void f(Tensor in, bool flag, int64_t n) {{\n  {code}\n}}", None)
    classes = {"list": "explicit Shape(R list) : dims(list) {}\n  R dims;", "braces": "explicit Shape(R list) : dims{list} {}\n  R dims;", "body": "explicit Shape(R list) { dims = list; }\n  R dims;",
               "two": "explicit Shape(R list) : dims(list) {}\n  R other, dims;", "first": "explicit Shape(R list) : dims(list) {}\n  R dims, other;", "moved": "explicit Shape(R list) : dims(std::move(list)) {}\n  R dims;",
               "reference": "explicit Shape(const R &list) : dims(list) {}\n  R dims;", "slice": "explicit Shape(R list) : dims(list.slice(0, 1)) {}\n  R dims;",
               "const": "explicit Shape(R list) : dims(list) {}\n  const R dims;", "vector": "explicit Shape(const std::vector<int64_t> &list) : dims(list) {}\n  R dims;",
               "this": "explicit Shape(R list) { this->dims = list; }\n  R dims;", "choice": "explicit Shape(R list) : dims(list.empty() ? R() : list) {}\n  R dims;", "getter": "explicit Shape(R list) : dims(list) {}\n  R get() const { return dims; }\n  R dims;"}
    for name, text in classes.items():
        for spelled in ("torch::IntArrayRef", "at::IntArrayRef", "c10::ArrayRef<int64_t>"):
            code = "struct Shape {\n  %s\n  void print() { show(dims.size()); }\n};\ninline void f(int64_t n) { Shape s(std::vector<int64_t>{n, 2}); s.print(); }" % fill(text, R=spelled)
            yield Form(f"member {name}: {spelled}", code, None)
    yield Form("member's default", "struct Shape { torch::IntArrayRef dims = {1, 2}; void print() { show(dims); } };\ninline void f() { Shape().print(); }", True)
    yield Form("global", "const torch::IntArrayRef dims = shape();\ninline void f() { show(dims.size()); }", True)
    yield Form("static member", "struct Net { inline static const torch::IntArrayRef dims = shape(); };\ninline void f() { show(Net::dims.size()); }", None)


def strided():
    views = {"permute": "in.permute({1, 0})", "t": "in.t()", "function": "torch::transpose(in, 0, 1)", "select": "in.select(1, 0)", "slice": "in.slice(1, 0, 1)", "index": "in.index({Slice(), 1})",
             "expand": "in[0].expand({2, 2})", "chain": "in.permute({1, 0}).detach()", "sum": "in.t() * 2", "clone": "in.t().clone()", "parentheses": "(in.t())", "on lines": "in\n      .permute(\n        {1, 0}\n      )",
             "choice": "flag ? in.t() : in.permute({1, 0})", "minus": "-in.t()", "macro": "HALF(in.t())", "typed": "Tensor(in.t())", "braces": "Tensor{in.t()}", "element": "in.unsqueeze(0).transpose(1, 2)[0]",
             "comma": "(flag = false, in.t())", "lambda": "[&] { return in.t(); }()", "to": "in.t().to(torch::kFloat)", "in place": "in.t().add_(1)"}
    names = {"auto": "auto v = V; U", "typed": "Tensor v = V; U", "const": "const auto v = V; U", "parentheses": "Tensor v(V); U", "braces": "torch::Tensor v{V}; U", "assigned": "Tensor v; v = V; U",
             "reference": "auto &&v = V; U", "second": "auto w = in, v = V; U", "if": "Tensor v = in; if (flag) v = V; U", "again": "auto v = V; v = v.view_as(v); U", "member": "struct { Tensor v; } s; s.v = V; auto v = s.v; U",
             "block": "if (flag) { auto v = V; U }", "init of if": "if (auto v = V; flag) { U }", "lambda": "auto run = [&] { auto v = V; U }; run();", "macro": "#define STATEMENT_N auto v = V;\n  STATEMENT_N U",
             "parameter": "in = V; auto v = in; U", "twice": "auto v = V; U U", "none": "std::memcpy(out, (V).data_ptr<float>(), 4);", "optional": "c10::optional<Tensor> v_ = V; auto v = *v_; U"}
    uses = {"memcpy": "std::memcpy(out, v.data_ptr<float>(), v.nbytes());", "copy": "std::copy(v.data_ptr<float>(), v.data_ptr<float>() + v.numel(), out);",
            "vector": "{ std::vector<float> all(v.data_ptr<float>(), v.data_ptr<float>() + v.numel()); show(all); }",
            "pointer": "{ const float *p = v.data_ptr<float>(); for (int64_t i = 0; i < v.numel(); ++i) out[i] = p[i]; }"}
    for what, view in views.items():
        for name, text in names.items():
            for use, statement in uses.items():
                if use != "memcpy" and (what not in ("permute", "sum") or name not in ("auto", "typed", "none", "assigned")):
                    continue
                if what not in ("t", "sum", "choice") and name not in ("auto", "typed", "assigned", "if", "none") or "\n" in view and name == "macro":
                    continue
                code = fill(fill(text, V=view), U=statement)
                sure = what in ("permute", "t", "function", "select", "slice", "chain", "on lines", "sum", "minus") and name in ("auto", "typed", "const", "assigned", "block", "lambda")
                yield Form(f"{what}, {use}: {name}", f"using torch::indexing::Slice;\ninline void f(Tensor in, bool flag, float *out) {{\n  {code}\n}}", True if sure else None)
    for place in ("template", "generic", "member", "outside", "block"):
        yield from around("frame", "Tensor in, bool flag", BLOB_GIVEN, " auto v = in.t(); show(std::vector<float>(v.data_ptr<float>(), v.data_ptr<float>() + v.numel())); ", None, (place,))
    copies = {"auto": "auto c = in.contiguous();", "typed": "Tensor c = in.contiguous();", "const": "const Tensor c = in.contiguous();", "reference": "const auto &c = in.contiguous();", "braces": "Tensor c{in.contiguous()};"}
    for name, copy in copies.items():
        for use, text in {"pointer": "const float *p = in.data_ptr<float>(); run(p, c.numel());", "argument": "run(in.data_ptr<float>(), c.numel());", "twice": "run(in.data_ptr<float>(), c.numel()); run(in.data_ptr<float>() + 1, 1);",
                          "parentheses": "run((in).data_ptr<float>(), c.numel());", "macro": "run(MAKE(in.data_ptr<float>), c.numel());", "if": "if (flag) run(in.data_ptr<float>(), c.numel());"}.items():
            yield Form(f"copy {name}: {use}", f"void run(const float *, int64_t);\ninline void f(const Tensor &in, bool flag) {{\n  {copy}\n  {text}\n}}", None)


def undefined():
    sized = {"parentheses": ("std::vector<Tensor> v(n);", True), "torch": ("std::vector<torch::Tensor> v(n);", True), "braces": ("std::vector<Tensor> v{2};", True), "constant": ("std::vector<Tensor> v(4);", True),
             "expression": ("std::vector<Tensor> v(n * 2 + 1);", True), "call": ("std::vector<Tensor> v(shape().size());", True), "cast": ("std::vector<Tensor> v(static_cast<size_t>(n));", True),
             "comments": ("std::vector<Tensor> v(/* all */ n /* of them */);", True), "on lines": ("std::vector<Tensor>\n      v(\n        n\n      );", True), "= typed": ("std::vector<Tensor> v = std::vector<Tensor>(n);", None),
             "auto": ("auto v = std::vector<Tensor>(n);", None), "resize": ("std::vector<Tensor> v; v.resize(n);", True), "resize this": ("std::vector<Tensor> v; (v).resize(n);", True),
             "resize pointer": ("std::vector<Tensor> w; auto *v_ = &w; auto &v = *v_; v.resize(n);", None), "two": ("std::vector<Tensor> v(n), w;", None), "second": ("std::vector<Tensor> w, v(n);", None), "both": ("std::vector<Tensor> w(n), v(n); w.push_back(in);", None),
             "list": ("torch::autograd::variable_list v(n);", True), "alias": ("Tensors v(n);", True), "deque": ("std::deque<Tensor> v(n);", None), "small": ("c10::SmallVector<Tensor, 4> v(n);", None), "static": ("static std::vector<Tensor> v(n);", None),
             "macro": ("std::vector<Tensor> v(HALF(n));", None), "declared by macro": ("#define STATEMENT_N std::vector<Tensor> v(n);\n  STATEMENT_N", False), "resize in if": ("std::vector<Tensor> v; if (flag) v.resize(n);", None),
             "resize alone": ("std::vector<Tensor> v; if (flag)\n    v.resize(n);\n  else\n    v.resize(2);", None), "const": ("const int m = n; std::vector<Tensor> v(m);", True), "init of if": ("std::vector<Tensor> v; if (v.resize(n); flag) show(1);", None),
             "allocator": ("std::vector<Tensor> v(n, std::allocator<Tensor>());", None), "label": ("if (!flag) goto end; end: std::vector<Tensor> v(n);", None), "reference": ("std::vector<Tensor> w; auto &v = w; v.resize(n);", None)}
    pushes = {"push": "v.push_back(in);", "loop": "for (int i = 0; i < n; ++i) v.push_back(load(i));", "emplace": "for (int i = 0; i < n; ++i)\n    v.emplace_back(load(i));", "if": "if (flag) v.push_back(in);",
              "several": "v.push_back(in); v.push_back(in * 2);", "lambda": "auto add = [&] { v.push_back(in); }; add();", "back_inserter": "std::fill_n(std::back_inserter(v), n, in);"}
    uses = {"stack": "return torch::stack(std::vector<Tensor>(v.begin(), v.end()));", "direct": "return torch::cat(v);", "loop": "for (auto &t : v) in = in + t.sum(); return in;"}
    for what, (declared, fixed) in sized.items():
        for push, text in pushes.items():
            for use, statement in uses.items():
                if what not in ("parentheses", "resize") and push not in ("push", "loop", "lambda") or use == "stack" and push != "push":
                    continue
                if use == "loop" and push != "push" or (what in ("deque",) and use == "direct") or push == "back_inserter" and use != "direct":
                    continue
                body = f"\n  {declared}\n  {text}\n  {statement}\n"
                sure = fixed if push in ("push", "loop", "emplace") and use == "direct" else None
                yield Form(f"{what}: {push}, {use}", "using Tensors = std::vector<Tensor>;\ninline Tensor f(Tensor in, bool flag, int n) { (void)flag; (void)n; %s}" % body, sure)
    for place in ("template", "generic", "member", "block"):
        yield from around("frame", "Tensor in, bool flag", BLOB_GIVEN, " std::vector<Tensor> v(3); v.push_back(in); return torch::stack(v); ", True if place in ("member", "block") else None, (place,))
    yield Form("switch", "inline Tensor f(Tensor in, int n) { switch (n) { case 1: { std::vector<Tensor> v(n); v.push_back(in); return torch::cat(v); } default: return in; } }", True)
    for name, text in {"member": "explicit Log(size_t n) : all(n) {}", "braces": "explicit Log(size_t n) : all{n} {}", "resize": "explicit Log(size_t n) { all.resize(n); }", "this": "explicit Log(size_t n) { this->all.resize(n); }"}.items():
        yield Form(name, "struct Log {\n  %s\n  void add(Tensor t) { all.push_back(t); }\n  Tensor sum() { return torch::stack(all).sum(); }\n  std::vector<Tensor> all;\n};" % text, None)


def ignored_gradients():
    calls = {"zeros": ("at::zeros({2}, O)", True), "global": ("::at::zeros({2}, O)", None), "randn": ("at::randn({2, 2}, O)", True), "full": ("at::full({2}, 1.0, O)", True), "eye": ("at::eye(2, O)", True), "arange": ("at::arange(3., O)", True),
             "linspace": ("at::linspace(0, 1, 3, O)", True), "empty": ("at::empty({2}, O)", True), "like": ("at::zeros_like(in, O)", True), "tensor": ("at::tensor({1.0, 2.0}, O)", True), "new": ("in.new_ones({2}, O)", False),
             "from_blob": ("at::from_blob(in.data_ptr(), {2}, O)", None), "normal": ("at::normal(0., 1., {2}, c10::nullopt, O)", True), "randint": ("at::rand({2, 2}, O)", True), "spaced": ("at :: zeros({2}, O)", None),
             "comments": ("at::/* a */zeros({2}, O)", None), "on lines": ("at::\n    zeros({2}, O)", None), "macro": ("MAKE(at::zeros, {2}, O)", None), "in a macro": ("HALF(at::zeros({2}, O))", None), "using": ("zeros({2}, O)", False),
             "alias": ("A::ones({2}, O)", False), "scalar": ("at::scalar_tensor(1., O)", True), "logspace": ("at::logspace(0, 1, 3, 10., O)", True), "hann": ("at::hann_window(4, O)", True), "parentheses": ("(at::zeros)({2}, O)", None)}
    options = {"short": "at::requires_grad()", "torch": "torch::requires_grad()", "builder": "at::TensorOptions().requires_grad(true)", "dtype": "at::dtype(at::kDouble).requires_grad(true)", "after": "torch::requires_grad(true).dtype(at::kFloat)",
               "name": "options", "constant": "gradients"}
    places = {"auto": "auto x = C; return x;", "return": "return C;", "typed": "at::Tensor x(C); return x;", "braces": "Tensor x{C}; return x;", "if": "if (flag) return C; return in;", "operand": "return in + C * 2;", "argument": "return torch::relu(C);",
              "two": "auto x = C, y = C; return x + y;", "lambda": "return [&] { return C; }();", "member": "return C.view({-1});", "macro": "#define STATEMENT_N return C;\n  STATEMENT_N"}
    for what, (call, fixed) in calls.items():
        for option, text in options.items():
            for place, body in places.items():
                if option != "short" and place != "auto" or (what not in ("zeros", "full", "using", "tensor") and place not in ("auto", "if")):
                    continue
                sure = fixed if place not in ("macro", "if") else None
                code = "inline Tensor f(Tensor in, bool flag) {\n  auto options = torch::requires_grad(); const at::TensorOptions gradients = options; (void)gradients;\n  %s\n}" % fill(fill(body, C=call), O=text)
                yield Form(f"{what}, {option}: {place}", "using at::zeros;\nnamespace A = at;\n" + code, sure)
    for place in ("template", "generic", "member", "block"):
        yield from around("frame", "Tensor in, bool flag", BLOB_GIVEN, " return at::zeros({2}, at::requires_grad()); ", None, (place,))
    yield Form("member", "struct Net { at::Tensor w = at::ones({2}, at::requires_grad()); };", None)
    yield Form("list", "struct Net { at::Tensor w; Net() : w(at::ones({2}, at::requires_grad())) {} };", True)
    yield Form("nested namespace", "namespace at { struct Other {}; }\ninline Tensor f() { return ::at::ones({2}, ::at::requires_grad()); }", None)


RULES = {
    "from-blob-lifetime": from_blob_lifetime, "from-blob-dtype": from_blob_dtype, "dangling-tensor-memory": dangling_memory, "dangling-array-ref": dangling_refs,
    "strided-memory": strided, "undefined-tensor": undefined, "ignored-requires-grad": ignored_gradients,
}


def case_every_form(p):
    try_rules(p, RULES, HEAD)
