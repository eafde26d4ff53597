// RUN: %check torch-undefined-tensor %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <deque>
#include <vector>

using torch::Tensor;
Tensor load(int i);

Tensor sized(int n) {
  std::vector<Tensor> v(n);
  // CHECK: :[[@LINE-1]]:23: warning: the first elements of 'v' stay undefined tensors: 'push_back' adds behind the ones that its size makes [torch-undefined-tensor]
  for (int i = 0; i < n; ++i)
    v.push_back(load(i));
  // CHECK: :[[@LINE-1]]:5: note: added here
  return torch::stack(v);
  // CHECK: :[[@LINE-1]]:23: note: used here
}

Tensor resized(size_t n) {
  std::vector<Tensor> v;
  v.resize(n);
  // CHECK: :[[@LINE-1]]:3: warning: the first elements of 'v' stay undefined tensors: 'emplace_back' adds behind
  for (size_t i = 0; i < n; ++i)
    v.emplace_back(load(i));
  return torch::cat(v, 0);
}

std::vector<Tensor> otherForms() {
  auto a = std::vector<Tensor>(3);
  // CHECK: :[[@LINE-1]]:8: warning: the first elements of 'a' stay undefined
  a.push_back(load(0));
  torch::stack(a);
  std::vector<torch::Tensor> b{4};
  // CHECK: :[[@LINE-1]]:30: warning: the first elements of 'b' stay undefined
  b.push_back(load(1));
  for (const auto &t : b)
    t.sum();
  std::deque<Tensor> c(2);
  // CHECK: :[[@LINE-1]]:22: warning: the first elements of 'c' stay undefined
  c.push_back(load(1));
  auto first = c[0] + 1;
  return b;
}

void outParameter(std::vector<Tensor> &out, int n) {
  out.resize(n);
  // CHECK: :[[@LINE-1]]:3: warning: the first elements of 'out' stay undefined
  for (int i = 0; i < n; ++i)
    out.push_back(load(i));
}

// Elements are used, and nothing gives them a value.
Tensor sums(std::vector<Tensor> &batches) {
  std::vector<Tensor> sums(4);
  // CHECK: :[[@LINE-1]]:23: warning: the elements of 'sums' are undefined tensors, and nothing gives them a value before they are used, which throws
  for (size_t i = 0; i < batches.size(); ++i)
    sums[i % 4] += batches[i];
  return torch::stack(sums);
}

Tensor total(std::vector<Tensor> &xs) {
  Tensor total;
  for (auto &x : xs)
    total += x;
  // CHECK: :[[@LINE-1]]:5: warning: 'operator+=' throws: 'total' is still an undefined tensor here
  // CHECK: :[[@LINE-4]]:10: note: made here, without a value
  return total;
}

Tensor joined(std::vector<Tensor> &xs) {
  Tensor all, sum;
  for (auto &x : xs) {
    all = torch::cat({all, x});
    // CHECK: :[[@LINE-1]]:23: warning: 'cat' throws: 'all' is still an undefined tensor here
    sum = sum + x;
    // CHECK: :[[@LINE-1]]:11: warning: 'operator+' throws: 'sum' is still an undefined tensor here
  }
  return all + sum;
}

Tensor straight(Tensor x) {
  torch::Tensor out;
  out.copy_(x);
  // CHECK: :[[@LINE-1]]:3: warning: 'copy_' throws: 'out' is still an undefined tensor here
  Tensor filled{};
  filled[0] = 1;
  // CHECK: :[[@LINE-1]]:3: warning: 'operator[]' throws: 'filled' is still an undefined tensor here
  auto made = Tensor();
  x.add_(made);
  // CHECK: :[[@LINE-1]]:10: warning: 'add_' throws: 'made' is still an undefined tensor here
  Tensor late;
  auto y = torch::matmul(x, late);
  // CHECK: :[[@LINE-1]]:29: warning: 'matmul' throws: 'late' is still an undefined tensor here
  late = x;
  return late + y;
}

Tensor oneBranch(Tensor x, bool training) {
  Tensor noise;
  if (training)
    noise = torch::randn_like(x);
  return x + noise;
  // CHECK: :[[@LINE-1]]:14: warning: 'operator+' throws: 'noise' is still an undefined tensor where the condition is false
  // CHECK: :[[@LINE-4]]:3: note: assigned under this condition alone
}

// Members, over all that the class does with them.
class Recorder {
public:
  explicit Recorder(size_t steps) : outputs(steps) { losses.resize(steps); }
  // CHECK: :[[@LINE-1]]:37: warning: the first elements of 'outputs' stay undefined tensors: 'push_back' adds behind the ones that its size makes
  // CHECK: :[[@LINE-2]]:54: warning: the first elements of 'losses' stay undefined tensors: 'push_back' adds behind
  void record(Tensor output, Tensor loss) {
    outputs.push_back(output);
    losses.push_back(loss);
  }
  Tensor all() const { return torch::stack(outputs) + torch::stack(losses).sum(); }

private:
  std::vector<Tensor> outputs;
  std::vector<Tensor> losses;
};

// Whatever stands around it, the first time finds nothing.
Tensor growing(const std::vector<Tensor> &parts) {
  Tensor all;
  for (const Tensor &part : parts) {
    if (part.numel() == 0)
      continue;
    all = torch::cat({all, part});
    // CHECK: :[[@LINE-1]]:23: warning: 'cat' throws: 'all' is still an undefined tensor
  }
  return all;
}
Tensor growingSometimes(const std::vector<Tensor> &parts, bool wanted) {
  Tensor all;
  for (const Tensor &part : parts)
    if (wanted)
      all = torch::cat({all, part});
  // CHECK: :[[@LINE-1]]:25: warning: 'cat' throws: 'all' is still an undefined tensor
  return all;
}

// Empty before it is resized.
Tensor emptyBefore(int n) {
  std::vector<Tensor> v{};
  v.resize(n);
  // CHECK: :[[@LINE-1]]:3: warning: the first elements of 'v' stay undefined
  v.push_back(torch::ones({2}));
  return torch::cat(v);
}

// Asked for something else, and copied into a member.
struct Holder {
  Tensor tensor;
};
#define REQUIRE(condition)                                                                         \
  if (!(condition))                                                                                \
  throw 1
Tensor otherCondition(bool use, bool wanted, Tensor x) {
  Tensor a, b;
  if (use)
    a = x * 2;
  Holder holder{b};
  auto y = b + x;
  // CHECK: :[[@LINE-1]]:12: warning: 'operator+' throws: 'b' is still an undefined tensor here
  return a + y;
  // CHECK: :[[@LINE-1]]:10: warning: 'operator+' throws: 'a' is still an undefined tensor where the condition is false
}
