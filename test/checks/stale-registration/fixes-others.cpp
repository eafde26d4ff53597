// What copy_ would spoil has no fix, or set_data: tied weights, tensors of no elements, new shapes, a tensor copied into itself.
// RUN: cp %s %t.cpp
// RUN: %check torch-stale-registration %t.cpp --fix %unsafe-fixes
// RUN: FileCheck %s --input-file=%t.cpp --check-prefix=FIXED
// RUN: %check torch-stale-registration %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;
using torch::Tensor;

// Tied: the two are to be one tensor, also as a view, without its history, through a local.
void tie(nn::Linear decoder, nn::Embedding encoder, nn::Linear other) {
  decoder->weight = encoder->weight;
  // FIXED: {{^}}  decoder->weight = encoder->weight;
  // CHECK: :[[@LINE-2]]:3: warning: assigning to 'weight' of a registered layer rebinds the member
  other->weight = encoder->weight.t();
  // FIXED: {{^}}  other->weight = encoder->weight.t();
  // CHECK: :[[@LINE-2]]:3: warning: assigning to 'weight'
  auto shared = encoder->weight;
  other->weight = shared.detach();
  // FIXED: {{^}}  other->weight = shared.detach();
  // CHECK: :[[@LINE-2]]:3: warning: assigning to 'weight'
  decoder->weight = encoder->weight.clone();
  // FIXED: decoder->weight.copy_(encoder->weight.clone());
  // CHECK: :[[@LINE-2]]:3: warning: assigning to 'weight'
}

// Tied to a tensor of the project's own, which is registered elsewhere.
struct WordsImpl : nn::Module {
  WordsImpl();
  Tensor weight;
};
TORCH_MODULE(Words);
struct BertImpl : nn::Module {
  BertImpl();
  Words words{nullptr};
};
TORCH_MODULE(Bert);
void tieInside(nn::Linear decoder, Bert bert) {
  decoder->weight = bert->words->weight;
  // FIXED: {{^}}  decoder->weight = bert->words->weight;
  // CHECK: :[[@LINE-2]]:3: warning: assigning to 'weight'
}

struct CacheImpl : nn::Module {
  CacheImpl() {
    keys = register_buffer("keys", torch::empty({0}));
    rows = register_buffer("rows", torch::zeros({0, 4}));
    register_buffer("late", late);
    mask = register_buffer("mask", torch::ones({4}));
    limit = register_buffer("limit", torch::ones({4}));
    best = register_buffer("best", torch::ones({4}));
    part = register_buffer("part", torch::ones({4}));
    turned = register_buffer("turned", torch::ones({4, 2}));
    moved = register_buffer("moved", torch::ones({4}));
    cloned = register_buffer("cloned", torch::ones({4}));
    mean = register_buffer("mean", torch::ones({4}));
  }
  void append(Tensor k, Tensor m) {
    torch::NoGradGuard no_grad;
    keys = k;
    // FIXED: {{^}}    keys.set_data(k);
    // CHECK: :[[@LINE-2]]:5: warning: 'keys' is registered and rebound here
    // CHECK: :[[@LINE-3]]:5: note: give the registered tensor the new data with set_data, since the shape may change
    rows = torch::cat({rows, k});
    // FIXED: {{^}}    rows.set_data(torch::cat({rows, k}));
    // CHECK: :[[@LINE-2]]:5: warning: 'rows'
    late = k;
    // FIXED: {{^}}    late = k;
    // CHECK: :[[@LINE-2]]:5: warning: 'late'
    mask = mask.index({m});
    // FIXED: {{^}}    mask.set_data(mask.index({m}));
    // CHECK: :[[@LINE-2]]:5: warning: 'mask'
    limit = k.index({m}).to(torch::kFloat);
    // FIXED: {{^}}    limit.set_data(k.index({m}).to(torch::kFloat));
    // CHECK: :[[@LINE-2]]:5: warning: 'limit'
    best = k.max();
    // FIXED: {{^}}    best.set_data(k.max());
    // CHECK: :[[@LINE-2]]:5: warning: 'best'
    part = part[0];
    // FIXED: {{^}}    part.set_data(part[0]);
    // CHECK: :[[@LINE-2]]:5: warning: 'part'
    turned = turned.t().contiguous();
    // FIXED: {{^}}    turned.set_data(turned.t().contiguous());
    // CHECK: :[[@LINE-2]]:5: warning: 'turned'
    moved = moved.to(torch::kCUDA);
    // FIXED: {{^}}    moved = moved.to(torch::kCUDA);
    // CHECK: :[[@LINE-2]]:5: warning: 'moved'
    cloned = this->cloned.clone().detach();
    // FIXED: {{^}}    cloned = this->cloned.clone().detach();
    // CHECK: :[[@LINE-2]]:5: warning: 'cloned'
    mean = mean * 0.9 + k.mean(0) * 0.1;
    // FIXED: {{^}}    mean.copy_(mean * 0.9 + k.mean(0) * 0.1);
    // CHECK: :[[@LINE-2]]:5: warning: 'mean'
    // CHECK: :[[@LINE-3]]:5: note: copy into the registered tensor under a NoGradGuard
    // CHECK: :[[@LINE+6]]:5: note: rebound here, too
  }
  // The same member in another place: one mistake, mended in both.
  void reset_mean(Tensor k) {
    torch::NoGradGuard no_grad;
    // FIXED: {{^}}    mean.copy_(k.mean(0));
    mean = k.mean(0);
  }
  Tensor forward(Tensor x) { return x + keys + rows + late + mask + limit + best + part + turned + moved + cloned + mean; }
  Tensor keys, rows, late, mask, limit, best, part, turned, moved, cloned, mean;
};
