// RUN: %check torch-optimizer-options-copy %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

#include <iostream>
#include <memory>
#include <vector>

using namespace torch::optim;

void log(const SGDOptions &options);

// References.
void references(SGD &sgd) {
  for (auto &group : sgd.param_groups()) {
    auto &options = static_cast<SGDOptions &>(group.options());
    options.lr(options.lr() * 0.1);
    static_cast<SGDOptions &>(group.options()).momentum(0.9);
    group.options().set_lr(0.1);
    auto *pointer = &static_cast<SGDOptions &>(group.options());
    pointer->lr(0.1);
  }
  auto &groups = sgd.param_groups();
  groups[0].options().set_lr(0.1);
}

// Copies that are read, or handed on.
void copies(SGD &sgd, torch::nn::Linear net) {
  auto read = static_cast<SGDOptions &>(sgd.param_groups()[0].options());
  std::cout << read.lr();
  for (auto group : sgd.param_groups())
    std::cout << group.options().get_lr() << group.params().size();
  auto changed = static_cast<SGDOptions &>(sgd.defaults());
  changed.lr(0.1);
  SGD another(net->parameters(), changed);
  auto back = static_cast<SGDOptions &>(sgd.param_groups()[0].options());
  back.lr(0.1);
  static_cast<SGDOptions &>(sgd.param_groups()[0].options()) = back;
  auto set = static_cast<SGDOptions &>(sgd.param_groups()[0].options());
  set.lr(0.1);
  sgd.param_groups()[0].set_options(std::make_unique<SGDOptions>(set));
  auto logged = static_cast<SGDOptions &>(sgd.param_groups()[0].options());
  logged.lr(0.1);
  log(logged);
}

// Options that are made, not copied.
void made(torch::nn::Linear net) {
  auto options = SGDOptions(0.1);
  options.momentum(0.9);
  SGD sgd(net->parameters(), options);
}

// Defaults of a group that is added later.
void added(SGD &sgd, torch::nn::Linear head) {
  static_cast<SGDOptions &>(sgd.defaults()).lr(0.01);
  sgd.add_param_group(OptimizerParamGroup(head->parameters()));
}

// Groups that say all that the optimizer says, start from its options, or have none.
void groups(torch::nn::Linear net, torch::nn::Linear head) {
  const AdamOptions defaults(0.0);
  std::vector<OptimizerParamGroup> groups;
  groups.emplace_back(net->parameters(), std::make_unique<AdamOptions>(AdamOptions(defaults).weight_decay(0.1)));
  groups.emplace_back(head->parameters(), std::make_unique<AdamOptions>(AdamOptions(0.1).weight_decay(0.1)));
  Adam a(groups, defaults);
  Adam b({OptimizerParamGroup(net->parameters(), std::make_unique<AdamOptions>(0.01)), OptimizerParamGroup(head->parameters())},
         AdamOptions(0.1));
  AdamOptions other;
  other.lr(0.1);
  Adam c({OptimizerParamGroup(net->parameters(), std::make_unique<AdamOptions>(other))}, AdamOptions(0.1));
}

// The defaults and the groups.
void both(torch::optim::Adam &optimizer, double rate) {
  static_cast<torch::optim::AdamOptions &>(optimizer.defaults()).lr(rate);
  for (auto &group : optimizer.param_groups())
    static_cast<torch::optim::AdamOptions &>(group.options()).lr(rate);
}
