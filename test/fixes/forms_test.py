"""Every fix of every rule, applied to every form in which its code can be spelled, and the result compiled with real LibTorch.

Those of rules about modules, parameters and hooks; forms.py says what a form is.
"""
from forms import Form, MODULE_CLASSES, fill, statements, try_rules
from project import Project

REQUIRES = ["driver"]

# What a module member is given: type, constructor arguments.
MODULES = {
    "one argument": ("nn::Dropout", "0.5"),
    "several": ("torch::nn::Linear", "4, 4"),
    "none": ("nn::Dropout", ""),
    "options": ("nn::Conv2d", "nn::Conv2dOptions(1, 1, 3).bias(false)"),
    "modules": ("nn::Sequential", "nn::Linear(4, 4), nn::ReLU()"),
    "pairs": ("nn::Sequential", '{{"a", nn::Linear(4, 4)}, {"b", nn::ReLU()}}'),
    "options in a variable": ("nn::Linear", "options()"),
    "macro": ("nn::Linear", "TWO"),
    "a class of the project": ("Block", "4"),
    "a module": ("Wrapper", "nn::Linear(4, 4)"),
}

# member, initialisers, body, whether there is a fix. T is the type, A the arguments, V the typed construction, P a pointer to the module.
MEMBER_SPELLINGS = {
    "default braces": ("T m_{A};", "", "", True),
    "default typed in braces": ("T m_{V};", "", "", None),
    "default =": ("T m_ = V;", "", "", True),
    "default = braces": ("T m_ = T{A};", "", "", True),
    "default with comments": ("T m_{/* size */ A /* end */};", "", "", True),
    "default on lines": ("T\n    m_{\n        A\n    };", "", "", True),
    "const": ("mutable T m_{A};", "", "", True),
    "list parentheses": ("T m_;", ": m_(A)", "", True),
    "list braces": ("T m_;", ": m_{A}", "", True),
    "list typed": ("T m_;", ": m_(V)", "", True),
    "list typed in braces": ("T m_;", ": m_{V}", "", None),
    "list after null": ("T m_{nullptr};", ": m_(A)", "", True),
    "body": ("T m_{nullptr};", "", "m_ = V;", True),
    "body braces": ("T m_{nullptr};", "", "m_ = T{A};", True),
    "body this": ("T m_{nullptr};", "", "this->m_ = V;", True),
    "body in parentheses": ("T m_{nullptr};", "", "m_ = (V);", True),
    "body over a default": ("T m_ = nullptr;", "", "(m_) = V;", True),
    "body if": ("T m_{nullptr};", "", "if (flag) m_ = V; else throw 1;", True),
    "body auto": ("T m_{nullptr};", "", "auto made = V; m_ = made;", True),
    "body moved": ("T m_{nullptr};", "", "auto made = V; m_ = std::move(made);", True),
    "body choice": ("T m_{nullptr};", "", "m_ = flag ? V : V;", False),
    "body loop": ("T m_{nullptr};", "", "for (int i = 0; i < 2; ++i) m_ = V;", False),
    "body macro": ("T m_{nullptr};", "", "m_ = MAKE(T, A);", False),
    "body lambda": ("T m_{nullptr};", "", "auto set = [this] { m_ = V; }; set();", False),
    "other object": ("T m_{nullptr}; NAME *other = this;", "", "other->m_ = V;", False),
    "two declarators, second": ("T other_{nullptr}, m_{A};", "", "other_ = register_module(\"other\", V);", True),
    "two declarators, first": ("T m_{A}, other_{nullptr};", "", "other_ = register_module(\"other\", V);", True),
    "pointer made": ("std::shared_ptr<I> m_ = P;", "", "", True),
    "pointer made in braces": ("std::shared_ptr<I> m_{P};", "", "", None),
    "pointer new": ("std::shared_ptr<I> m_{new I(A)};", "", "", True),
    "pointer list": ("std::shared_ptr<I> m_;", ": m_(P)", "", True),
    "pointer list new": ("std::shared_ptr<I> m_;", ": m_(new I(A))", "", True),
    "pointer body": ("std::shared_ptr<I> m_;", "", "m_ = P;", True),
    "pointer reset": ("std::shared_ptr<I> m_;", "", "m_.reset(new I(A));", False),
    "pointer to a base": ("std::shared_ptr<nn::Module> m_ = P;", "", "", True),
    "pointer from unique": ("std::shared_ptr<I> m_;", "", "m_ = std::make_unique<I>(A);", False),
    "holder of a pointer": ("T m_{nullptr};", "", "m_ = P;", None),
    "holder of a pointer, default": ("T m_{P};", "", "", None),
}


def classes(name, member, init, body, read, everywhere=True):
    """The class as it is, a template of it; and its constructor and a helper, outside."""
    template = "struct NAME : nn::Module {\n  explicit NAME(bool flag = true) INIT { (void)flag; BODY }\n" \
               "  Tensor forward(Tensor x) { READ return x; }\n  MEMBER\n};\n"
    words = {"NAME": "NetImpl", "INIT": init, "BODY": body, "READ": read, "MEMBER": member}
    deep = lambda text, **more: fill(fill(text, **{**words, **more}), **{**words, **more})
    yield name, deep(template)
    yield name + ", template", deep("template <int N>\n" + template + "template struct NAME<2>;\n")
    if not everywhere:
        return
    outside = template.replace("{ (void)flag; BODY }", ";").replace(" INIT", "") + "NAME::NAME(bool flag) INIT { (void)flag; BODY }\n"
    if init or body:
        yield name + ", constructor outside", deep(outside)
        helper = template.replace("BODY", "build(flag);").replace("  Tensor forward", "  void build(bool flag) { (void)flag; BODY }\n  Tensor forward")
        if body:
            yield name + ", helper", deep(helper)


def unregistered_modules():
    for what, (type_, arguments) in MODULES.items():
        for spelling, (member, init, body, fixed) in MEMBER_SPELLINGS.items():
            listed = arguments.startswith("{{")
            if listed and ("pointer" in spelling or "macro" in spelling or spelling == "list after null"):
                continue
            words = {"T": type_, "I": type_ + "Impl", "A": arguments[1:-1] if listed and "parentheses" not in spelling else arguments,
                     "V": type_ + (f"({arguments})"), "P": f"std::make_shared<{type_}Impl>({arguments})"}
            if listed:
                words["V"] = type_ + arguments
            if what == "macro":
                words["V"], words["P"] = f"{type_}({arguments})", f"std::make_shared<{type_}Impl>({arguments})"
            parts = [fill(part, **words) for part in (member, init, body)]
            for name, code in classes(f"{what}: {spelling}", *parts, "x = m_->forward(x);" if "base" not in spelling else "m_->eval();",
                                      what in ("several", "none", "modules")):
                # What such a Sequential holds is not always seen, which is no matter here.
                seen = not listed and not (what == "modules" and spelling in ("pointer new", "pointer list new", "pointer reset"))
                yield Form(name, code, fixed if seen else None)
    yield from (Form("unspelled" + name, code, True) for name, code in classes("", "nn::Dropout m_;", "", "m_->train();", "x = m_(x);"))
    yield Form("default = list", 'struct NetImpl : nn::Module { NetImpl() {} nn::Sequential m_ = {{"a", nn::Linear(4, 4)}};\n'
               "  Tensor forward(Tensor x) { return m_->forward(x); } };", None)
    yield Form("body = list", 'struct NetImpl : nn::Module { NetImpl() { m_ = {{"a", nn::Linear(4, 4)}}; } nn::Sequential m_{nullptr};\n'
               "  Tensor forward(Tensor x) { return m_->forward(x); } };", None)
    yield Form("comma at the end", "struct NetImpl : nn::Module { nn::Linear m_{4, 4,};\n  NetImpl() {} Tensor forward(Tensor x) { return m_(x); } };", True)
    yield Form("member by macro", "#define MEMBER_OF(T, m) T m{4, 4};\nstruct NetImpl : nn::Module { NetImpl() {} MEMBER_OF(nn::Linear, m_)\n"
               "  Tensor forward(Tensor x) { return m_(x); } };", False)
    yield Form("Cloneable, reset", "struct NetImpl : nn::Cloneable<NetImpl> { NetImpl() { reset(); } void reset() override { m_ = nn::Linear(4, 4); }\n"
               "  nn::Linear m_{nullptr}; Tensor forward(Tensor x) { return m_(x); } };", True)
    yield Form("Cloneable, default", "struct NetImpl : nn::Cloneable<NetImpl> { NetImpl() { reset(); } void reset() override {}\n"
               "  nn::Linear m_{4, 4}; Tensor forward(Tensor x) { return m_(x); } };", False)
    yield Form("Cloneable template", "template <class T> struct NetImpl : nn::Cloneable<NetImpl<T>> { NetImpl() { reset(); }\n"
               "  void reset() override { m_ = T(4, 4); } T m_{nullptr}; Tensor forward(Tensor x) { return m_(x); } };\n"
               "template struct NetImpl<nn::Linear>;", True)


TENSORS = {
    "buffer": "torch::ones({4, 4})",
    "parameter": "torch::randn({4, 4}, torch::requires_grad())",
    "view": "torch::arange(4).to(torch::kFloat).view({1, -1})",
    "sum": "torch::ones({4}) * 2 + 1",
}
TENSOR_SPELLINGS = {
    "default braces": ("Tensor m_{V};", "", "", True),
    "default =": ("torch::Tensor m_ = V;", "", "", True),
    "default typed": ("torch::Tensor m_ = torch::Tensor(V);", "", "", True),
    "list parentheses": ("Tensor m_;", ": m_(V)", "", True),
    "list braces": ("Tensor m_;", ": m_{V}", "", True),
    "body": ("Tensor m_;", "", "m_ = V;", True),
    "body this": ("Tensor m_;", "", "this->m_ = V;", True),
    "body auto": ("Tensor m_;", "", "auto made = V; m_ = made;", True),
    "body moved": ("Tensor m_;", "", "auto made = V; m_ = std::move(made);", True),
    "body parentheses": ("Tensor m_;", "", "m_ = (V);", True),
    "two declarators": ("Tensor other_, m_{V};", "", "other_ = register_buffer(\"other\", V);", True),
    "vector": ("std::vector<Tensor> m_{V, V};", "", "", False),
    "vector list": ("std::vector<Tensor> m_;", ": m_({V, V})", "", False),
    "body loop": ("Tensor m_;", "", "for (int i = 0; i < 2; ++i) m_ = V;", False),
}


def unregistered_tensors():
    for what, value in TENSORS.items():
        for spelling, (member, init, body, fixed) in TENSOR_SPELLINGS.items():
            read = "x = x.matmul(m_);" if "vector" not in spelling else "x = x.matmul(m_[0]);"
            parts = [fill(part, V=value) for part in (member, init, body)]
            for name, code in classes(f"{what}: {spelling}", *parts, read):
                yield Form(name, code, fixed)


def raw_containers():
    pushes = {"made": "m_.push_back(V);", "emplaced": "m_.emplace_back(V);", "in place": "m_.emplace_back(A);", "this": "this->m_.push_back(V);",
              "name": "auto made = V; m_.push_back(made);", "moved": "auto made = V; m_.push_back(std::move(made));",
              "loop": "for (int i = 0; i < 3; ++i)\n      m_.push_back(V);", "twice": "m_.push_back(V); m_.emplace_back(A);",
              "if": "if (flag) m_.push_back(V);"}
    for what, (type_, arguments) in MODULES.items():
        if arguments.startswith("{{"):
            continue
        for container in ("std::vector<T>", "std::deque<T>", "std::list<T>", "std::vector<std::shared_ptr<I>>"):
            for push, body in pushes.items():
                pointers = "shared_ptr" in container
                if pointers and "emplace_back(A)" in body:
                    continue
                value = f"std::make_shared<{type_}Impl>({arguments})" if pointers else f"{type_}({arguments})"
                words = {"T": type_, "I": type_ + "Impl", "A": arguments, "V": value}
                in_place = "emplace_back(A)" in body
                read = "for (auto &each : m_) x = each->forward(x);"
                for name, code in classes(f"{what}: {container} {push}", fill(container + " m_;", **words), "", fill(body, **words), read, what == "several"):
                    yield Form(name, code, None if in_place and what == "none" else True)
    member = "struct NetImpl : nn::Module { std::vector<nn::Linear> m_; MORE\n  Tensor forward(Tensor x) { return m_[0](x); } };"
    for name, more in {"local": "NetImpl() { std::vector<nn::Linear> made; made.push_back(nn::Linear(4, 4)); m_ = std::move(made); }",
                       "by index": "NetImpl() { m_.resize(1, nullptr); m_[0] = nn::Linear(4, 4); }",
                       "filled anew": "NetImpl() { fill(); } void fill() { m_.clear(); m_.push_back(nn::Linear(4, 4)); }",
                       "list": "NetImpl() : m_{nn::Linear(4, 4), nn::Linear(4, 4)} {}"}.items():
        yield Form(name, member.replace("MORE", more), False)


def unchecked_bias():
    return statements("nn::Linear fc(nn::LinearOptions(4, 4).bias(false));", {
        "init": "nn::init::zeros_(fc->bias);", "member": "fc->bias.zero_();", "data": "fc->bias.data().zero_();",
        "chain": "fc->bias.mul_(2).add_(1);", "value": "auto copy = fc->bias.clone();", "operator": "fc->bias += 1;"})


def inplace():
    return statements("nn::Linear fc(4, 4);", {
        "member": "fc->weight.zero_();", "chain": "fc->weight.mul_(2).add_(1);", "operator": "fc->weight += 1;",
        "value": "auto copy = fc->weight.mul_(2);", "view": "fc->weight[0].fill_(1);", "index": "fc->weight.index_put_({0}, 1);"})


def stale():
    rebind = {"element": "params[0] = torch::ones({4, 4});", "sum": "params[0] = params[0] + 1;", "choice": "params[0] = flag ? params[0] : params[1];",
              "moved": "params[0] = std::move(made);", "layer": "fc->weight = torch::ones({4, 4});", "braces": "fc->weight = {torch::ones({4, 4})};"}
    yield from statements("nn::Linear fc(4, 4); auto params = fc->parameters(); auto made = torch::ones({4, 4});", rebind)
    member = "struct NetImpl : nn::Module { NetImpl() { m = register_buffer(\"m\", torch::zeros({4})); }\n" \
             "  Tensor forward(Tensor x) { return x + m; }\n  Tensor m; void update(Tensor x) { BODY } };"
    for body in ("m = x;", "this->m = x * 2;", "m = m * 0.9 + x;", "m = std::move(x);", "if (x.defined()) m = x; else m = m + 1;"):
        yield Form("member: " + body, member.replace("BODY", body), None)


def handles():
    return statements("nn::Linear fc(4, 4); static std::vector<Tensor> kept; auto w = fc->weight; kept.push_back(w);", {
        "lambda": "kept[0].register_hook([](Tensor g) { return g * 2; });", "void": "(void)kept[0].register_hook([](Tensor g) { return g * 2; });",
        "layer": "fc->weight.register_hook([](Tensor g) { return g * 2; });"})


def captures():
    stores = {"assign": "kept = VALUE;", "push": "all.push_back(VALUE);", "emplace": "all.emplace_back(VALUE);", "key": "named[1] = VALUE;",
              "insert": "named.insert({1, VALUE});", "braces": "kept = {VALUE};", "typed": "kept = Tensor(VALUE);", "moved": "kept = std::move(g);",
              "lambda": "[&] { kept = VALUE; }();", "pair": "pair = std::make_pair(1, VALUE);", "optional": "maybe = VALUE;", "macro": "kept = HALF(VALUE);"}
    values = {"name": "g", "sum": "g + 1", "minus": "-g", "choice": "flag ? g : g * 2", "element": "g[0]", "call": "torch::relu(g)", "parentheses": "(g * 2)",
              "comma": "(flag = false, g)", "cast": "static_cast<Tensor>(g)", "chain": "g.view({-1}).sum()", "assigned": "(g = g * 2)"}
    for store, text in stores.items():
        for value, expression in values.items():
            for kind, run in {"create_graph": "fc(x).sum().backward({}, true, true);"}.items():
                body = text.replace("VALUE", expression)
                yield Form(f"{store}: {value}", "void run(bool flag, Tensor &kept, std::vector<Tensor> &all, std::map<int, Tensor> &named,\n"
                           "         std::pair<int, Tensor> &pair, c10::optional<Tensor> &maybe, nn::Linear fc) {\n"
                           "  auto x = torch::ones({1, 4}, torch::requires_grad());\n"
                           "  x.register_hook([&](Tensor g) { %s });\n  %s\n}\n" % (body, run), None)


def aliases():
    for value in ("h.detach()", "h.data()", "h.detach().view({-1})", "(h.detach())"):
        for place, text in {"capture": "auto saved = VALUE; x.register_hook([saved](Tensor g) { return g * saved.sum(); }); h.add_(1);",
                            "init capture": "x.register_hook([s = VALUE](Tensor g) { return g * s.sum(); }); h.add_(1);",
                            "body": "Tensor kept; x.register_hook([&](Tensor g) { auto h = g; kept = VALUE; h.mul_(2); });"}.items():
            yield Form(f"{place}: {value}", "void run(Tensor x, Tensor h) { %s }\n" % text.replace("VALUE", value), None)


def dropouts():
    head = "namespace F = torch::nn::functional;\n"
    calls = {
        "no options": ("F::dropout(x)", True), "braces": ("F::dropout(x, {})", True), "options": ("F::dropout(x, F::DropoutFuncOptions().p(0.5))", True),
        "made by braces": ("F::dropout2d(x, F::Dropout2dFuncOptions{})", True), "in parentheses": ("F::dropout(x, (F::DropoutFuncOptions().p(0.5)))", None),
        "on lines": ("F::dropout3d(\n    x,\n    F::Dropout3dFuncOptions()\n        .p(0.5)\n  )", True), "never": ("F::alpha_dropout(x)", True),
        "comment": ("F::dropout(x /* input */)", True), "literal": ("torch::dropout(x, 0.5, /*train=*/true)", True),
        "literal in parentheses": ("torch::dropout(x, 0.5, (true))", None), "in place": ("torch::dropout_(x, 0.5, true)", True),
        "option": ("F::dropout(x, F::DropoutFuncOptions().training(true).p(0.5))", True), "nested": ("F::dropout(F::dropout(x))", True),
        "operand": ("x + torch::feature_dropout(x, 0.5, true) * 2", True), "macro": ("MAKE(F::dropout, x)", None), "argument of a macro": ("HALF(F::dropout(x))", None),
    }
    bodies = {"return": "return CALL;", "assigned": "x = CALL; return x;", "auto": "auto y = CALL; return y;", "if": "if (n) x = CALL; return x;",
              "this captured": "auto f = [this](Tensor x) { return CALL; }; return f(x);", "all captured": "return [&] { return CALL; }();",
              "copies captured": "return [=, this]() mutable { return CALL; }();", "nothing captured": "return [](Tensor x) { return CALL; }(x);"}
    for call, (code, fixed) in calls.items():
        for body, text in bodies.items():
            members = "Tensor forward(Tensor x) { %s }\n  int n = 1;" % text.replace("CALL", code)
            net = head + "struct NetImpl : nn::Module {\n  %s\n};" % members
            yield Form(f"{call}: {body}", net, False if "nothing" in body else fixed)
            yield Form(f"{call}: {body}, template", head + "template <class T> struct NetImpl : nn::Cloneable<NetImpl<T>> {\n  void reset() override {}\n"
                       "  %s\n};\ntemplate struct NetImpl<int>;" % members, False if "nothing" in body else fixed)
    for name, prepare in {"variable": "F::DropoutFuncOptions o;", "auto": "auto o = F::DropoutFuncOptions().p(0.5);", "const": "const F::DropoutFuncOptions o;",
                          "static": "static F::DropoutFuncOptions o;", "set": "F::DropoutFuncOptions o; o.training(true);"}.items():
        for body, text in {"once": "return F::dropout(x, o);", "twice": "x = F::dropout(x, o); return F::dropout(x, o);",
                           "lambda": "return [=, this] { return F::dropout(x, o); }();"}.items():
            fixed = name == "set" or (name != "const" and body != "lambda")
            yield Form(f"{name}: {body}", head + "struct NetImpl : nn::Module {\n  Tensor forward(Tensor x) { %s %s }\n};" % (prepare, text), fixed)
    yield Form("static member", head + "struct NetImpl : nn::Module { Tensor forward(Tensor x) { return f(x); } static Tensor f(Tensor x) { return F::dropout(x); } };", False)


RULES = {
    "unregistered-module": unregistered_modules, "unregistered-tensor": unregistered_tensors, "raw-module-container": raw_containers,
    "unchecked-bias": unchecked_bias, "inplace-on-parameter": inplace, "stale-registration": stale, "unstored-hook-handle": handles,
    "undetached-hook-capture": captures, "hook-capture-alias": aliases, "functional-dropout": dropouts,
}


def case_every_form(p):
    try_rules(p, RULES, MODULE_CLASSES)
