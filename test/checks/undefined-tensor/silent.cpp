// RUN: %check torch-undefined-tensor %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <functional>
#include <vector>

using torch::Tensor;
Tensor load(int i);
void fill(std::vector<Tensor> &v);
void make(Tensor &x);
void make(Tensor *x);
Tensor attention(Tensor x, const Tensor &mask = {});

// Elements assigned by index, iterator, reference, or by another function.
Tensor assigned(int n) {
  std::vector<Tensor> a(n), b(n), c(n), d(n), e(n), f(n);
  for (int i = 0; i < n; ++i)
    a[i] = load(i);
  for (auto &t : b)
    t = load(0);
  std::generate(c.begin(), c.end(), [] { return load(0); });
  fill(d);
  e.at(0) = load(1);
  f.back() = load(2);
  for (auto *v : {&a, &b, &c})
    v->push_back(load(3));
  d.push_back(load(3)), e.push_back(load(3)), f.push_back(load(3));
  return torch::stack(a) + torch::stack(b) + torch::stack(c) + torch::stack(d) + torch::stack(e) +
         torch::stack(f);
}

// No size, a size of 0, values for all, room alone.
Tensor others(int n, Tensor x) {
  std::vector<Tensor> a, b(0), c(n, x), d{x, x}, e(c.begin(), c.end());
  a.reserve(n);
  b.resize(0);
  for (auto *v : {&a})
    v->push_back(x);
  b.push_back(x), c.push_back(x), d.push_back(x), e.push_back(x);
  std::vector<Tensor> f(c), g = d;
  f.push_back(x), g.push_back(x);
  return torch::stack(a) + torch::stack(b) + torch::stack(c) + torch::stack(f) + torch::stack(g);
}

// Cut back to the best.
Tensor best(int n) {
  std::vector<Tensor> beams;
  for (int i = 0; i < n; ++i)
    beams.push_back(load(i));
  beams.resize(3);
  return torch::stack(beams);
}

// Asked first, cleared, swapped, only counted.
size_t asked(int n, std::vector<Tensor> &other) {
  std::vector<Tensor> a(n), b(n), c(n), d(n);
  a.push_back(load(0)), b.push_back(load(0)), c.push_back(load(0)), d.push_back(load(0));
  size_t count = 0;
  for (const auto &t : a)
    count += t.defined();
  b.clear();
  c.swap(other);
  return count + d.size() + b.size();
}

// Of other things than tensors.
int numbers(int n) {
  std::vector<int> v(n);
  v.push_back(1);
  return v[0];
}

// Assigned on every path, or by what takes it by reference.
Tensor locals(Tensor x, bool flag, std::istream &in) {
  Tensor a, b, c, d, e, f;
  if (flag)
    a = x;
  else
    a = x + 1;
  make(b);
  make(&c);
  std::tie(d, e) = x.max(0);
  torch::load(f, in);
  return a + b + c + d + e + f;
}

// Filled by a lambda that has it by reference.
Tensor lambda(Tensor x) {
  Tensor out;
  auto run = [&] { out = x; };
  run();
  return out + 1;
}

// The condition of the assignment stands around the use too, or ends the function.
Tensor guarded(Tensor x, bool flag, bool other) {
  Tensor mask, bias, scale;
  if (flag)
    mask = x > 0;
  if (flag)
    x = x * mask;
  if (other)
    bias = x;
  if (!other)
    return x;
  if (flag)
    scale = x;
  else
    throw std::runtime_error("no scale");
  return x + bias * scale;
}

// Asked.
Tensor defined(Tensor x, bool flag) {
  Tensor mask;
  if (flag)
    mask = x > 0;
  TORCH_CHECK(mask.defined());
  return x * mask;
}

// The first round makes it.
Tensor rounds(std::vector<Tensor> &xs) {
  Tensor a, b, c;
  bool first = true;
  for (size_t i = 0; i < xs.size(); ++i) {
    if (i == 0)
      a = xs[i];
    else
      a = a + xs[i];
    if (first) {
      b = xs[i];
      first = false;
      continue;
    }
    b += xs[i];
  }
  // A loop that may run no round.
  for (auto &x : xs)
    c = x;
  return a + b + c;
}

// What one round leaves for the next.
Tensor carried(std::vector<Tensor> &xs, Tensor sum) {
  Tensor previous;
  for (size_t i = 0; i < xs.size(); ++i) {
    if (i > 0)
      sum = sum + previous;
    previous = xs[i];
  }
  return sum;
}

// Chains and switches whose open end nobody takes.
Tensor chains(Tensor x, int kind) {
  Tensor a, b;
  if (kind == 0)
    a = x;
  else if (kind == 1)
    a = x + 1;
  switch (kind) {
  case 0:
    b = x;
    break;
  case 1:
    b = x + 1;
    break;
  }
  return a + b;
}

// An undefined tensor may be handed on and returned.
std::vector<Tensor> handedOn(Tensor x) {
  Tensor none;
  attention(x, none);
  auto same = none;
  std::vector<Tensor> list{none, x};
  torch::nn::functional::linear(x, x, none);
  return {x, none};
}
Tensor nothing() {
  Tensor none;
  return none;
}

// Members whose elements are assigned, cleared, handed out, or that are sized once more.
class Ring {
public:
  explicit Ring(size_t n) : slots(n), cleared(n), given(n), reserved() { reserved.reserve(n); }
  void put(size_t at, Tensor x) {
    slots[at] = x;
    slots.push_back(x);
    cleared.clear();
    cleared.push_back(x);
    fill(given);
    given.push_back(x);
    reserved.push_back(x);
  }
  static void fill(std::vector<Tensor> &into) {
    for (auto &each : into)
      each = torch::zeros({1});
  }
  Tensor all() const { return torch::stack(slots) + torch::stack(cleared) + torch::stack(given) + torch::stack(reserved); }

private:
  std::vector<Tensor> slots, cleared, given, reserved;
};
struct Open { // anybody may fill it
  explicit Open(size_t n) : outputs(n) {}
  void add(Tensor x) { outputs.push_back(x); }
  std::vector<Tensor> outputs;
};
void fills(Open &open) {
  open.outputs[0] = torch::zeros({1});
  open.add(torch::stack(open.outputs));
}

// Something before gives it a value in some round.
Tensor grown(const std::vector<Tensor> &parts) {
  Tensor all;
  for (const Tensor &part : parts) {
    if (!all.defined()) {
      all = part;
      continue;
    }
    all = torch::cat({all, part});
  }
  return all;
}
Tensor grownByIndex(const std::vector<Tensor> &parts) {
  Tensor all;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i == 0)
      all = parts[i];
    else
      all = torch::cat({all, parts[i]});
  }
  return all;
}
void start(Tensor &into);
Tensor grownElsewhere(const std::vector<Tensor> &parts) {
  Tensor all;
  for (const Tensor &part : parts) {
    if (part.dim() == 0)
      start(all);
    if (part.dim() > 0)
      all = torch::cat({all, part});
  }
  return all;
}

// Look-alike: cut back to a size, what is left has its values.
Tensor cut(const Tensor &x, const std::vector<Tensor> &given) {
  auto parts = x.chunk(4);
  parts.resize(2);
  parts.push_back(x);
  std::vector<Tensor> copy(given);
  copy.resize(3);
  copy.push_back(x);
  std::vector<Tensor> same = given;
  same.resize(3);
  same.push_back(x);
  return torch::cat(parts) + torch::cat(copy) + torch::cat(same);
}
void history(std::vector<Tensor> &last, size_t n, Tensor x) {
  if (last.size() >= n)
    last.resize(n - 1);
  last.push_back(x);
}
void shorter(std::vector<Tensor> &last, Tensor x) {
  last.resize(last.size() - 1);
  last.push_back(x);
}
void replaced(std::vector<Tensor> &last, size_t n, Tensor x) {
  last.resize(n);
  last.push_back(x);
}

// Look-alike: an undefined tensor stands for no gradient.
struct Scale : torch::autograd::Function<Scale> {
  static Tensor forward(torch::autograd::AutogradContext *context, double by, Tensor x) {
    context->saved_data["by"] = by;
    return x * by;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    torch::autograd::variable_list out(1);
    out.push_back(gradients[0] * context->saved_data["by"].toDouble());
    return out;
  }
};

// Look-alike: a member by reference gets the value.
struct Output {
  Tensor &tensor;
  void run() { tensor = torch::ones({1}); }
};
struct Outputs {
  Tensor &first, &second;
};
void fillAll(Outputs all);
Tensor throughMember(Tensor x) {
  Tensor a, b, c;
  Output output{a};
  output.run();
  fillAll({b, c});
  return a + b + c + x;
}

// Look-alike: the condition is asked for before.
void fail(const char *text);
#define REQUIRE(condition)                                                                         \
  if (!(condition))                                                                                \
  fail(#condition)
Tensor required(const std::string &mode, bool use, Tensor x) {
  Tensor a, b;
  if (mode == "train")
    a = x * 2;
  REQUIRE(mode == "train");
  TORCH_CHECK(use, "not used");
  if (use)
    b = x * 3;
  return a + b;
}

// Look-alike: the exception is what gives the first value.
Tensor caught(const std::vector<Tensor> &parts) {
  Tensor all;
  for (const Tensor &part : parts) {
    try {
      all = torch::cat({all, part});
    } catch (...) {
      all = part;
    }
  }
  return all;
}
