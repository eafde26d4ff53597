"""Every fix of the rules about gradients, inference and optimizers, applied to every form in which its code can be spelled; see forms.py."""
from forms import Form, fill, try_rules
from project import Project

REQUIRES = ["driver"]

HEAD = """
#include <future>
#include <memory>
#include <thread>
template <class T> void show(const T &) {}
inline void work() {}
struct NetImpl : nn::Module {
  NetImpl() { fc = register_module("fc", nn::Linear(4, 4)); drop = register_module("drop", nn::Dropout(0.5)); }
  Tensor forward(Tensor x) { return drop(fc(x)); }
  nn::Linear fc{nullptr};
  nn::Dropout drop{nullptr};
};
TORCH_MODULE(Net);
"""


def retained():
    values = {"name": "loss", "call": "net(x)", "forward": "net->forward(x)", "sum": "loss + 1", "half": "loss / 2", "minus": "-loss", "method": "loss.mean()", "function": "torch::relu(loss)", "element": "net(x)[0]",
              "parentheses": "(loss * 2)", "choice": "flag ? loss : loss * 2", "typed": "Tensor(loss)", "braces": "Tensor{loss}", "comma": "(flag = false, loss)", "cast": "static_cast<Tensor>(loss)", "macro": "HALF(loss)",
              "made by a macro": "MAKE(torch::relu, loss)", "lambda": "[&] { return loss * 2; }()", "moved": "std::move(loss)", "scalar": "2 * loss", "on lines": "loss\n        * 2\n        + 1", "comments": "/* a */ loss /* b */",
              "assigned": "(x = loss)", "tensor of an optional": "*maybe", "pointer": "*pointer"}
    stores = {"+=": ("total += VALUE;", True), "add": ("total = total + VALUE;", None), "add_": ("total.add_(VALUE);", None), "add before": ("total = VALUE + total;", None), "push": ("all.push_back(VALUE);", True),
              "emplace": ("all.emplace_back(VALUE);", True), "key": ("named[i] = VALUE;", True), "insert": ("all.insert(all.end(), VALUE);", None), "pair": ("pairs.push_back({VALUE, 1});", None), "made pair": ("pairs.emplace_back(VALUE, 1);", None),
              "fed back": ("state = net->forward(state);", None), "fed by call": ("state = net(state) * 0.5;", None), "if": ("if (flag) total += VALUE;", None), "else": ("if (flag) x = x; else all.push_back(VALUE);", None), "function": ("total = torch::add(total, VALUE);", None),
              "braces": ("all.push_back({VALUE});", None), "typed": ("all.push_back(Tensor(VALUE));", None), "lambda": ("[&] { total += VALUE; }();", None), "macro": ("#define STATEMENT_N total += VALUE;\n    STATEMENT_N", None)}
    rounds = {"for": "for (int i = 0; i < 100; ++i) {\n    P\n    S\n  }", "while": "int i = 0; while (++i < 100) { P S }", "range": "for (int i : std::vector<int>(100)) { P S }"}
    prepare = "auto loss = net(x).sum(); (void)loss; auto *pointer = &loss; (void)pointer; c10::optional<Tensor> maybe = loss; (void)maybe;"
    body = "auto x = torch::ones({4, 4}); Tensor total = torch::zeros({1}), state = x; std::vector<Tensor> all; std::map<int, Tensor> named; std::vector<std::pair<Tensor, int>> pairs;\n  R\n  show(total.sum().item<float>() + state.sum().item<float>()); show(all.size() + named.size() + pairs.size());"
    for value, text in values.items():
        for store, (statement, fixed) in stores.items():
            if store not in ("+=", "push", "add", "key") and value not in ("name", "sum", "choice") or "STATEMENT" in statement and "\n" in text or value == "choice" and store == "add":
                continue
            for loop in ("for", "while", "range") if value in ("name", "sum") and store in ("+=", "push") else ("for",):
                code = fill(body, R=fill(rounds[loop], P=prepare, S=fill(statement, VALUE=text)))
                sure = fixed if value in ("name", "call", "forward", "sum", "half", "minus", "method", "function", "scalar", "on lines") else None
                yield Form(f"{store}: {value}, {loop}", f"void run(bool flag) {{\n  nn::Linear net(4, 4);\n  {code}\n}}", sure)
    code = fill(body, R=fill(rounds["for"], P=prepare, S="total += loss / 2; all.push_back(net(x) + 1);"))
    yield Form("template", f"template <int N> void run(bool flag) {{\n  nn::Linear net(4, 4);\n  {code}\n}}", None)
    yield Form("member", f"struct Trainer {{ nn::Linear net{{4, 4}}; void f(bool flag) {{\n  {code}\n}} }};\nvoid run(bool flag) {{ Trainer().f(flag); }}", None)
    yield Form("lambda", f"void run(bool flag) {{ nn::Linear net(4, 4); auto f = [&] {{\n  {code}\n}}; f(); }}", None)


BODIES = {
    "line": "P\n  RUN", "one line": "P RUN", "shown": "P\n  auto y = RUN_ show(y.item<float>());", "if": "P\n  if (flag) RUN", "loop": "P\n  for (int i = 0; i < 3; ++i)\n    RUN", "block": "{ P RUN }", "try": "try { P RUN } catch (...) {}",
    "comment": "// first\n  P // second\n  RUN // third\n  ", "lambda": "P\n  auto once = [&] { RUN }; once();", "switch": "P switch (int(flag)) { case 1: RUN break; default: break; }", "init": "P if (auto y = RUN_ flag) show(y.item<float>());",
    "label": "again: P RUN if (flag) goto again;", "taken": "int no_grad = 1; show(no_grad); P RUN", "if block": "P if (flag) { RUN } else { RUN }",
}
HOLDERS = {
    "function": "inline void f(Tensor x, bool flag) { BODY }", "on lines": "inline void f(Tensor x,\n              bool flag)\n{\n  BODY\n}", "template": "template <int N> void f(Tensor x, bool flag) { BODY }\ninline void use() { f<1>(torch::ones({4, 4}), true); }",
    "member": "struct Server { void f(Tensor x, bool flag) { BODY } };", "static": "struct Server { static void f(Tensor x, bool flag) {\n  BODY\n} };", "outside": "struct Server { void f(Tensor x, bool flag); };\nvoid Server::f(Tensor x, bool flag) { BODY }",
    "macro": "#define STATEMENT_N BODY\ninline void f(Tensor x, bool flag) { STATEMENT_N }", "function try": "inline void f(Tensor x, bool flag) try { BODY } catch (...) {}", "constexpr if": "template <bool B> void f(Tensor x, bool flag) { if constexpr (B) { BODY } }\ninline void use() { f<true>(torch::ones({4, 4}), true); }",
    "inner": "inline void g() { struct Inner { void f(Tensor x, bool flag) { BODY } }; Inner().f(torch::ones({4, 4}), true); }",
}


def bodies(prepare, run):
    """Each way to prepare a model with one way to run it, in all bodies and holders; of the others one each."""
    for prepared, text in prepare.items():
        for ran, call in run.items():
            if ran == "call" and ("shared" in text or "Sequential" in text):
                continue
            for body, around in BODIES.items():
                for holder, outer in HOLDERS.items():
                    if (prepared, ran) != (next(iter(prepare)), next(iter(run))) and (holder != "function" or body not in ("line", "if", "shown")):
                        continue
                    if holder == "macro" and body != "one line" or holder != "function" and body not in ("line", "one line") and not (holder == "on lines" and body in ("if", "comment")):
                        continue
                    inner = fill(around, P=text, RUN=f"show({call}.item<float>());", RUN_=f"{call};")
                    yield Form(f"{prepared}, {ran}: {body}, {holder}", fill(outer, BODY=inner), None)


RUNS = {"call": "net(x).sum()", "forward": "net->forward(x).sum()"}


def inference():
    yield from bodies({"eval": "Net net; net->eval();", "holder": "nn::Linear net(4, 4); net->eval();", "train": "Net net; net->train(false);", "load": "Net net; torch::load(net, \"a.pt\"); net->eval();",
                       "pointer": "auto net_ = std::make_shared<NetImpl>(); Net net(net_); net->eval();", "sequential": "nn::Sequential net(nn::Linear(4, 4), nn::ReLU()); net->eval();"}, {"forward": RUNS["forward"], "variable": "(net->forward(x) * 2).sum()"})
    yield Form("object", "inline void f(Tensor x) { NetImpl net; net.eval(); show(net.forward(x).item<float>()); }", None)
    yield Form("member's model", "struct Server { Net net; Server() { net->eval(); } float run(Tensor x) { return net(x).item<float>(); } };", None)
    yield Form("empty first", "inline void f(Tensor x) {\n  ;\n  Net net; net->eval(); show(net(x).item<float>()); }", None)
    yield Form("directive", "inline void f(Tensor x) {\n#ifdef SOMETHING\n  x = x * 2;\n#endif\n  Net net; net->eval(); show(net(x).item<float>()); }", None)
    yield Form("tab", "inline void f(Tensor x)\n{\n\tNet net;\n\tnet->eval();\n\tshow(net(x).item<float>());\n}", None)
    yield Form("first by macro", "#define STATEMENT_N Net net;\ninline void f(Tensor x) {\n  STATEMENT_N\n  net->eval(); show(net(x).item<float>()); }", None)


def missing_eval():
    yield from bodies({"load": "Net net; torch::load(net, \"a.pt\");", "option": "Net net; torch::load(net, \"a.pt\", torch::kCPU);", "qualified": "Net net; ::torch::load(net, std::string(\"a.pt\"));", "stream": "Net net; std::istringstream in; torch::load(net, in);",
                       "pointer": "auto net = std::make_shared<NetImpl>(); torch::load(net, \"a.pt\");", "on lines": "Net net;\n  torch::load(\n      net,\n      \"a.pt\"\n  );", "sequential": "nn::Sequential net(nn::Linear(4, 4), nn::Dropout(0.1)); torch::load(net, \"a.pt\");",
                       "if": "Net net; if (flag) torch::load(net, \"a.pt\");", "if, else": "Net net; if (flag) torch::load(net, \"a.pt\"); else flag = true;", "both": "Net net; if (flag) torch::load(net, \"a.pt\"); else torch::load(net, \"b.pt\");", "loop": "Net net; for (int i = 0; i < 2; ++i) torch::load(net, \"a.pt\");",
                       "while": "Net net; while (flag) torch::load(net, \"a.pt\");", "do": "Net net; do torch::load(net, \"a.pt\"); while (flag);", "try": "Net net; try { torch::load(net, \"a.pt\"); } catch (...) {}", "comma": "Net net; flag = false, torch::load(net, \"a.pt\");",
                       "case": "Net net; switch (int(flag)) { case 1: torch::load(net, \"a.pt\"); }", "label": "Net net; again: torch::load(net, \"a.pt\"); if (flag) goto again;", "lambda": "Net net; [&] { torch::load(net, \"a.pt\"); }();", "macro": "Net net; MAKE(torch::load, net, \"a.pt\");",
                       "using": "using torch::load; Net net; load(net, \"a.pt\");", "parentheses": "Net net; (torch::load(net, \"a.pt\"));", "name in parentheses": "Net net; torch::load((net), \"a.pt\");", "element": "std::vector<Net> nets(1, nullptr); nets[0] = Net(); auto &net = nets[0]; torch::load(net, \"a.pt\");",
                       "reference": "Net made; auto &net = made; torch::load(net, \"a.pt\");", "archive": "Net net; torch::serialize::InputArchive archive; archive.load_from(\"a.pt\"); net->load(archive);", "member": "struct { Net net; } holder; torch::load(holder.net, \"a.pt\"); auto &net = holder.net;",
                       "pointed": "Net made; auto *to = &made; torch::load(*to, \"a.pt\"); auto &net = *to;", "comment": "Net net; torch::load(net, \"a.pt\") /* loaded */; // here", "init": "Net net; if (torch::load(net, \"a.pt\"); flag) show(1);"}, RUNS)
    yield Form("constructor", "struct Server { Net net; Server() { torch::load(net, \"a.pt\"); } float run(Tensor x) { return net(x).item<float>(); } };", None)
    yield Form("this", "struct Server { Net net; Server() { torch::load(this->net, \"a.pt\"); } float run(Tensor x) { return net(x).item<float>(); } };", None)
    yield Form("pointer member", "struct Server { std::shared_ptr<NetImpl> net = std::make_shared<NetImpl>(); Server() { torch::load(net, \"a.pt\"); } float run(Tensor x) { return net->forward(x).item<float>(); } };", None)


def guards():
    idle = {"parentheses": "torch::NoGradGuard();", "braces": "torch::NoGradGuard{};", "at": "at::NoGradGuard();", "global": "::torch::NoGradGuard();", "using": "NoGradGuard();", "alias": "Guard();", "inference": "c10::InferenceMode();",
            "inference on": "c10::InferenceMode(true);", "mode": "torch::AutoGradMode(false);", "mode in braces": "torch::AutoGradMode{false};", "spaced": "torch::NoGradGuard ( );", "comments": "torch::NoGradGuard /* a */ (/* b */);", "on lines": "torch::NoGradGuard(\n    );",
            "function": "torch::NoGradGuard guard();", "function void": "torch::NoGradGuard guard(void);", "function spaced": "torch::NoGradGuard guard ( );", "function of inference": "c10::InferenceMode guard();", "void": "(void)torch::NoGradGuard();", "in parentheses": "(torch::NoGradGuard());",
            "macro": "MAKE(torch::NoGradGuard);", "comma": "flag = false, torch::NoGradGuard();", "condition": "torch::AutoGradMode(!flag);", "nested call": "torch::AutoGradMode(bool(0));"}
    places = {"block": "S RUN", "if": "if (flag) S RUN", "if block": "if (flag) { S RUN }", "else": "if (flag) show(1); else S RUN", "loop": "for (int i = 0; i < 2; ++i) S RUN", "loop block": "for (int i = 0; i < 2; ++i) { S RUN }", "lambda": "auto run = [&] { S RUN }; run();",
              "taken": "int no_grad = 1; S RUN show(no_grad);", "again": "S RUN { S RUN }", "switch": "switch (int(flag)) { case 1: S RUN }", "label": "again: S RUN if (flag) goto again;", "comment": "/* a */ S // b\n  RUN", "try": "try { S RUN } catch (...) {}", "macro": "#define STATEMENT_N S\n  STATEMENT_N RUN",
              "outer": "torch::NoGradGuard no_grad; { S RUN }"}
    for what, statement in idle.items():
        for place, text in places.items():
            if what not in ("parentheses", "braces", "mode", "function") and place not in ("block", "if", "lambda") or what.startswith("function") and place in ("label", "if", "else", "loop", "twice", "switch") or "\n" in statement and place == "macro":
                continue
            sure = True if place == "block" and what in ("parentheses", "braces", "at", "global", "inference", "inference on", "mode", "mode in braces", "function") else None
            yield Form(f"{what}: {place}", "using torch::NoGradGuard; using Guard = torch::NoGradGuard;\ninline void f(Net net, Tensor x, bool flag) {\n  %s\n}" % fill(text, S=statement, RUN="show(net(x).sum());"), sure)
    yield Form("template", "template <int N> void f(Net net, Tensor x) { torch::NoGradGuard(); show(net(x)); }\ninline void use() { f<1>(Net(), torch::ones({4})); }", None)
    yield Form("of a parameter", "template <class G> void f(Net net, Tensor x) { G(); show(net(x)); }\ninline void use() { f<torch::NoGradGuard>(Net(), torch::ones({4})); }", None)
    yield Form("member", "struct Server { Net net; void f(Tensor x) { torch::NoGradGuard(); show(net(x)); } };", True)
    off = {"torch": "torch::GradMode::set_enabled(false);", "at": "at::GradMode::set_enabled(false);", "c10": "c10::GradMode::set_enabled(false);", "using": "GradMode::set_enabled(false);", "macro": "MAKE(torch::GradMode::set_enabled, false);", "comma": "flag = false, torch::GradMode::set_enabled(false);", "parentheses": "(torch::GradMode::set_enabled(false));"}
    left = {"return": "S if (x.numel() == 0) return x; x = net(x); ON return x;", "throw": "S if (!x.defined()) throw 1; x = net(x); ON return x;", "if": "if (flag) S if (x.numel() == 0) return x; x = net(x); ON return x;", "if block": "if (flag) { S x = net(x); if (x.numel() == 0) return x; ON } return x;",
            "before": "bool was = torch::GradMode::is_enabled(); S if (!x.defined()) throw 1; x = net(x); torch::GradMode::set_enabled(was); return x;", "taken": "int no_grad = 1; S if (x.numel() == no_grad) return x; x = net(x); ON return x;", "label": "again: S if (x.numel() == 0) return x; x = net(x); ON if (flag) goto again; return x;",
            "twice": "S if (x.numel() == 0) return x; x = net(x); ON S if (x.numel() == 1) return x; x = net(x); ON return x;", "loop": "for (int i = 0; i < 2; ++i) { S x = net(x); if (x.numel() == 0) return x; ON } return x;"}
    for what, statement in off.items():
        for place, text in left.items():
            if what in ("torch", "at") or place in ("return", "if"):
                yield Form(f"stays off, {what}: {place}", "using torch::GradMode;\ninline Tensor f(Net net, Tensor x, bool flag) {\n  %s\n}" % fill(text, S=statement, ON="torch::GradMode::set_enabled(true);"), None)
    threads = {"lambda": "std::thread t([&] { RUN }); t.join();", "named": "auto job = [&] { RUN }; std::thread t(job); t.join();", "async": "auto t = std::async(std::launch::async, [&] { RUN }); t.get();", "lines": "std::thread t([&] {\n    RUN\n  });\n  t.join();", "mutable": "std::thread t([=]() mutable { RUN }); t.join();",
               "pool": "std::vector<std::thread> pool; for (int i = 0; i < 2; ++i) pool.emplace_back([&, i] { show(i); RUN }); for (auto &t : pool) t.join();", "pushed": "std::vector<std::thread> pool; pool.push_back(std::thread([&] { RUN })); pool[0].join();", "arguments": "std::thread t([](Net net, Tensor x) { RUN }, net, x); t.join();",
               "function": "std::thread t(run, net, x); t.join();", "return": "auto t = std::async([&]() -> float { RUN return 1; }); show(t.get());", "taken": "std::thread t([&] { int no_grad = 1; show(no_grad); RUN }); t.join();", "macro": "MAKE(std::thread t, [&] { RUN }); t.join();", "comment": "std::thread t([&] /* a */ { // b\n    RUN }); t.join();",
               "noexcept": "std::thread t([&]() noexcept { RUN }); t.join();", "member": "struct Server { Net net; void run(Tensor x) { RUN } } s{net}; std::thread t(&Server::run, &s, x); t.join();", "generic": "std::thread t([&](auto) { RUN }, 1); t.join();"}
    for what, text in threads.items():
        for guard in ("torch::NoGradGuard no_grad;", "c10::InferenceMode mode;", "torch::AutoGradMode off(false);"):
            yield Form(f"thread {what}: {guard}", "inline void run(Net net, Tensor x) { show(net(x)); }\ninline void f(Net net, Tensor x) {\n  %s\n  %s\n}" % (guard, fill(text, RUN="show(net(x));")), None)


def option_copies():
    options = "static_cast<torch::optim::SGDOptions &>(sgd.param_groups()[0].options())"
    declared = {"auto": ("auto o = V;", True), "typed": ("torch::optim::SGDOptions o = V;", True), "using": ("SGDOptions o = V;", True), "parentheses": ("torch::optim::SGDOptions o(V);", True), "braces": ("torch::optim::SGDOptions o{V};", True), "auto parentheses": ("auto o(V);", True), "auto braces": ("auto o{V};", True),
                "tight": ("auto o=V;", True), "second": ("int i = 0; show(i); auto o = V;", True), "two": ("torch::optim::SGDOptions p = torch::optim::SGDOptions(0.1), o = V;", None), "first of two": ("auto o = V, p = V; show(p.lr());", None), "on lines": ("auto\n      o =\n      V;", True), "comment": ("auto /* copy */ o /* of */ = V;", True),
                "macro": ("#define STATEMENT_N auto o = V;\n  STATEMENT_N", False), "static": ("static auto o = V;", None), "assigned": ("torch::optim::SGDOptions o(0.1); o = V;", None), "choice": ("auto o = flag ? V : V;", None), "value": ("auto o = torch::optim::SGDOptions(V);", None), "moved": ("auto o = std::move(V);", None),
                "const cast": ("auto o = const_cast<torch::optim::SGDOptions &>(static_cast<const torch::optim::SGDOptions &>(V));", None), "init of if": ("if (auto o = V; flag) o.lr(0.2); auto o = V;", None), "dynamic": ("auto o = dynamic_cast<torch::optim::SGDOptions &>(sgd.param_groups()[0].options());", True), "C cast": ("auto o = (torch::optim::SGDOptions &)sgd.param_groups()[0].options();", None),
                "clone": ("auto p = sgd.param_groups()[0].options().clone(); auto o = static_cast<torch::optim::SGDOptions &>(*p);", None), "decltype": ("decltype(auto) p = V; auto o = p;", None), "const group": ("const auto &g = sgd.param_groups()[0]; auto o = static_cast<const torch::optim::SGDOptions &>(g.options());", None)}
    changes = {"lr": "o.lr(0.1);", "set": "o.set_lr(0.1);", "chain": "o.lr(0.1).momentum(0.9);", "reference": "o.momentum() = 0.5;", "times": "o.lr(o.lr() * 0.1);", "lambda": "auto run = [&] { o.lr(0.1); }; run();", "if": "if (flag)\n    o.lr(0.1);"}
    for what, (declaration, fixed) in declared.items():
        for change, text in changes.items():
            if change not in ("lr", "if") and what not in ("auto", "typed"):
                continue
            code = fill(declaration, V=options) + "\n  " + text
            yield Form(f"{what}: {change}", "using torch::optim::SGDOptions;\ninline void f(torch::optim::SGD &sgd, bool flag) {\n  (void)flag;\n  %s\n}" % code, fixed if change in ("lr", "set", "chain", "times") else None)
    code = f"auto o = {options}; o.lr(0.1);"
    yield Form("template", f"template <class T> void f(T &sgd) {{ {code} }}\ninline void use(torch::optim::SGD &sgd) {{ f(sgd); }}", None)
    yield Form("lambda", f"inline void g(torch::optim::SGD &sgd) {{ auto f = [&] {{ {code} }}; f(); }}", None)
    yield Form("member", f"struct Schedule {{ torch::optim::SGD &sgd; void f() {{ {code} }} }};", True)
    group = "static_cast<torch::optim::SGDOptions &>(g.options()).lr(0.1);"
    for name, text in {"loop": "for (auto g : sgd.param_groups()) S", "loop block": "for (auto g : sgd.param_groups()) { S }", "typed": "for (torch::optim::OptimizerParamGroup g : sgd.param_groups()) S", "tight": "for (auto g:sgd.param_groups())\n    S", "first": "auto g = sgd.param_groups()[0]; S", "front": "auto g(sgd.param_groups().front()); S", "init": "for (int i = 0; auto g : sgd.param_groups()) { show(i); S }",
                       "groups": "auto groups = sgd.param_groups(); for (auto &g : groups) S", "typed groups": "std::vector<torch::optim::OptimizerParamGroup> groups = sgd.param_groups(); for (auto &g : groups) S", "at": "auto g = sgd.param_groups().at(0); S", "iterator": "auto g = *sgd.param_groups().begin(); S", "in a reference": "auto &groups = sgd.param_groups(); for (auto g : groups) S",
                       "macro": "#define STATEMENT_N for (auto g : sgd.param_groups())\n  STATEMENT_N S", "const": "const auto groups = sgd.param_groups(); for (auto g : groups) S", "pointer": "auto *p = &sgd; for (auto g : p->param_groups()) S"}.items():
        yield Form("group " + name, "inline void f(torch::optim::SGD &sgd) {\n  %s\n}" % fill(text, S=group), None)


def zero_grads():
    optimizers = {"local": ("torch::optim::SGD o(net->parameters(), 0.1);", "o.step();", True), "braces": ("torch::optim::SGD o{net->parameters(), 0.1};", "o.step();", True), "unique": ("auto o = std::make_unique<torch::optim::Adam>(net->parameters());", "o->step();", True),
                  "shared": ("std::shared_ptr<torch::optim::Adam> o = std::make_shared<torch::optim::Adam>(net->parameters());", "o->step();", True), "reference": ("torch::optim::SGD first(net->parameters(), 0.1); auto &o = first;", "o.step();", None),
                  "pointer": ("torch::optim::SGD first(net->parameters(), 0.1); auto *o = &first;", "o->step();", None), "dereferenced": ("auto o = std::make_unique<torch::optim::Adam>(net->parameters());", "(*o).step();", None), "spaces": ("torch::optim::SGD o(net->parameters(), 0.1);", "o . step ( ) ;", None),
                  "on lines": ("torch::optim::SGD o(net->parameters(), 0.1);", "o\n        .step();", None), "comments": ("torch::optim::SGD o(net->parameters(), 0.1);", "o./* a */step(/* b */) /* c */;", None), "optional": ("c10::optional<torch::optim::SGD> o; o.emplace(net->parameters(), 0.1);", "o->step();", None)}
    places = {"last": "loss.backward();\n    S", "line": "loss.backward(); S", "comment": "loss.backward();\n    S // done\n    show(1);", "if block": "if (flag) {\n      loss.backward();\n      S\n    }", "if": "loss.backward();\n    if (flag)\n      S", "else": "loss.backward();\n    if (flag) show(1); else S", "block": "{ loss.backward(); }\n    { S }",
              "before": "S\n    loss.backward();", "twice": "loss.backward(); loss = net(x).sum(); loss.backward();\n    S", "switch": "loss.backward();\n    switch (int(flag)) { case 1: S break; default: break; }", "label": "loss.backward();\n    again: S", "macro": "loss.backward();\n#define STATEMENT_N S\n    STATEMENT_N",
              "inner": "for (int j = 0; j < 2; ++j) { loss = net(x).sum(); loss.backward(); }\n    S", "two steps": "loss.backward();\n    S\n    S"}
    holders = {"for": "for (int i = 0; i < 100; ++i) {\n    BODY\n  }", "while": "int i = 0; while (++i < 100) { BODY }", "do": "int i = 0; do {\n    BODY\n  } while (++i < 100);", "range": "for (int i : std::vector<int>(100)) { show(i); BODY }"}
    for name, (made, step, sure) in optimizers.items():
        for place, text in places.items():
            if "\n" in step and place == "macro" or name != "local" and place not in ("last", "if block", "if", "comment"):
                continue
            for loop in holders if (name, place) == ("local", "last") else ("for",):
                body = fill(holders[loop], BODY="auto loss = net(x).sum();\n    " + fill(text, S=step))
                yield Form(f"{name}: {place}, {loop}", f"inline void f(bool flag) {{\n  (void)flag; nn::Linear net(4, 4); auto x = torch::ones({{4, 4}});\n  {made}\n  {body}\n}}", sure if place in ("last", "line", "comment", "if block", "before", "inner") else None)
    for what, (text, sure) in {"lines": ("auto l = net(x).sum(); l.backward();\n  o.zero_grad();\n  o.step();", True), "line": ("auto l = net(x).sum(); l.backward(); o.zero_grad(); o.step();", True), "comments": ("auto l = net(x).sum(); l.backward();\n  o.zero_grad(/* all */); // clear\n  o.step(); // step", True), "if": ("auto l = net(x).sum(); l.backward();\n  if (flag) { o.zero_grad(); o.step(); }", True),
                               "between": ("auto l = net(x).sum(); l.backward();\n  o.zero_grad();\n  show(1);\n  o.step();", None), "macro": ("auto l = net(x).sum(); l.backward();\n#define STATEMENT_N o.zero_grad()\n  STATEMENT_N; o.step();", None), "unbraced": ("auto l = net(x).sum(); l.backward(); for (int i = 0; i < 1; ++i) o.zero_grad(); o.step();", None),
                               "on lines": ("auto l = net(x).sum(); l.backward();\n  o\n      .zero_grad();\n  o\n      .step();", True)}.items():
        yield Form("early: " + what, f"inline void f(nn::Linear net, Tensor x, torch::optim::SGD &o, bool flag) {{\n  (void)flag;\n  {text}\n}}", sure)
    rounds = "for (int i = 0; i < 100; ++i) {\n    net(x).sum().backward();\n    o.step();\n  }"
    yield Form("template", f"template <int N> void f(Tensor x) {{ nn::Linear net(4, 4); torch::optim::SGD o(net->parameters(), 0.1); {rounds} }}\ninline void use() {{ f<1>(torch::ones({{4}})); }}", None)
    yield Form("member", f"struct Trainer {{ nn::Linear net{{4, 4}}; torch::optim::SGD o{{net->parameters(), 0.1}}; void f(Tensor x) {{ {rounds} }} }};", True)
    yield Form("this", "struct Trainer { nn::Linear net{4, 4}; torch::optim::SGD o{net->parameters(), 0.1}; void f(Tensor x) { %s } };" % rounds.replace("o.step", "this->o.step"), True)


RULES = {
    "zero-grad": zero_grads, "retained-graph": retained, "inference-graph": inference, "missing-eval": missing_eval, "grad-guard": guards, "optimizer-options-copy": option_copies,
}


def case_every_form(p):
    try_rules(p, RULES, HEAD)
