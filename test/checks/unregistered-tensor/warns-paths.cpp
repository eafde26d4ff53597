// RUN: %check torch-unregistered-tensor %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Registered where a flag holds, only assigned where it does not.
struct NormImpl : nn::Module {
  NormImpl(bool affine, int64_t n) {
    if (affine)
      weight = register_parameter("weight", torch::ones({n}));
    else
      weight = torch::ones({n});
  }
  Tensor forward(Tensor x) { return x * weight; }
  Tensor weight;
  // CHECK: :[[@LINE-1]]:10: warning: 'weight' is used in forward and registered on some paths of the constructor only: where 'affine' is false, to() leaves it on its device and save() loses it [torch-unregistered-tensor]
  // CHECK: :[[@LINE-5]]:16: note: given its value here without a registration; 'register_buffer' keeps a tensor that is not trained with the module
  // CHECK: :[[@LINE-8]]:16: note: registered here
};

// Assigned first and registered on one path; a choice; an early return; in a helper.
struct FormsImpl : nn::Module {
  FormsImpl(bool affine, int64_t n) : listed(torch::zeros({n})) {
    first = torch::randn({n});
    if (affine)
      register_buffer("first", first);
    choice = affine ? register_parameter("choice", torch::ones({n})) : torch::ones({n});
    if (!affine)
      register_buffer("listed", listed);
    build(n);
    early = torch::zeros({n});
    if (n > 9)
      return;
    register_buffer("early", early);
  }
  void build(int64_t n) {
    if (n == 1) {
      helped = torch::zeros({n});
    } else {
      helped = torch::zeros({n});
      register_buffer("helped", helped);
    }
  }
  Tensor forward(Tensor x) { return x + listed + first + choice + helped + early; }
  Tensor listed;
  // CHECK: :[[@LINE-1]]:10: warning: 'listed' {{.*}}: where 'affine' is true, to()
  Tensor first;
  // CHECK: :[[@LINE-1]]:10: warning: 'first' {{.*}}: where 'affine' is false, to()
  Tensor choice;
  // CHECK: :[[@LINE-1]]:10: warning: 'choice' {{.*}}: where 'affine' is false, to()
  // CHECK: :[[@LINE-24]]:72: note: given its value here
  Tensor helped;
  // CHECK: :[[@LINE-1]]:10: warning: 'helped' {{.*}}: where 'n == 1' is true, to()
  Tensor early;
  // CHECK: :[[@LINE-1]]:10: warning: 'early' {{.*}}: where 'n > 9' is true, to()
};

// Two constructors, one of which forgets.
struct TwoImpl : nn::Module {
  TwoImpl() { table = register_buffer("table", torch::ones({2})); }
  explicit TwoImpl(int64_t n) { table = torch::ones({n}); }
  Tensor forward(Tensor x) { return x + table; }
  Tensor table;
  // CHECK: :[[@LINE-1]]:10: warning: 'table' is used in forward and registered on some paths of the constructor only: on the others to()
};

// A path that runs both ways of a condition that is asked twice is none; this one asks two.
struct CrossImpl : nn::Module {
  CrossImpl(bool a, bool b) {
    if (a)
      table = torch::ones({2});
    else
      table = torch::zeros({2});
    if (b)
      register_buffer("table", table);
  }
  Tensor forward(Tensor x) { return x + table; }
  Tensor table;
  // CHECK: :[[@LINE-1]]:10: warning: 'table' {{.*}}: where 'b' is false, to()
};

// Not scratch: read before it is written, written on one path only, a running value, a copy of a weight out of numbers.
struct StateImpl : nn::Module {
  StateImpl() : mean(torch::zeros({2})), queue(torch::zeros({4, 2})), half(torch::zeros({2})) {}
  Tensor forward(Tensor x) {
    mean.mul_(0.9).add_(x.mean(0));
    auto scores = x.mm(queue.t());
    queue[0] = x[0];
    if (x.size(0) > 1)
      half.copy_(x[0]);
    return scores + half + mean;
  }
  Tensor mean;
  // CHECK: :[[@LINE-1]]:10: warning: 'mean' is used in forward and never registered as a buffer: to() leaves it on its device and save() loses it [torch-unregistered-tensor]
  Tensor queue;
  // CHECK: :[[@LINE-1]]:10: warning: 'queue' is used in forward and never registered
  Tensor half;
  // CHECK: :[[@LINE-1]]:10: warning: 'half' is used in forward and never registered
};

// Stored three times: one mistake.
struct ThriceImpl : nn::Module {
  explicit ThriceImpl(int64_t kind) {
    if (kind == 0)
      table = torch::ones({2});
    else if (kind == 1)
      table = torch::zeros({2});
    else
      table = torch::rand({2});
  }
  Tensor forward(Tensor x) { return x + table; }
  Tensor table;
  // CHECK: :[[@LINE-1]]:10: warning: 'table' is used in forward and never registered
  // CHECK: :[[@LINE-9]]:15: note: given its value here
  // CHECK: :[[@LINE-8]]:15: note: and here
  // CHECK: :[[@LINE-7]]:15: note: and here
};
