// RUN: %check torch-raw-module-container %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
// Containers whose elements nobody registers and with which nothing is lost.
#include <torch/torch.h>
#include <map>

namespace nn = torch::nn;
using torch::Tensor;

// Replicas of the model itself, for threads or devices: no parts of it.
struct ModelImpl : nn::Module {
  ModelImpl() { fc = register_module("fc", nn::Linear(2, 2)); }
  void replicate(int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
      replicas.push_back(std::make_shared<ModelImpl>());
      modules.push_back(std::make_shared<ModelImpl>());
      named["replica" + std::to_string(i)] = std::make_shared<ModelImpl>();
    }
  }
  Tensor forward(Tensor x) { return replicas.empty() ? fc(x) : replicas[0]->forward(x); }
  nn::Linear fc{nullptr};
  std::vector<std::shared_ptr<ModelImpl>> replicas;
  std::vector<std::shared_ptr<nn::Module>> modules;
  std::map<std::string, std::shared_ptr<ModelImpl>> named;
};

// Sequentials over layers that are registered one by one.
struct ViewsImpl : nn::Module {
  ViewsImpl() {
    for (int i = 0; i < 3; ++i) {
      auto fc = register_module("fc" + std::to_string(i), nn::Linear(2, 2));
      runs.push_back(nn::Sequential(fc, nn::ReLU()));
      nn::Sequential run;
      run->push_back(register_module("norm" + std::to_string(i), nn::BatchNorm1d(2)));
      others.push_back(run);
    }
  }
  Tensor forward(Tensor x) { return others[0]->forward(runs[0]->forward(x)); }
  std::vector<nn::Sequential> runs, others;
};

// Classes built in another file, and such that register nothing.
struct ElsewhereImpl : nn::Module {
  explicit ElsewhereImpl(int64_t n);
  Tensor forward(Tensor x) { return fc(x); }
  nn::Linear fc{nullptr};
};
TORCH_MODULE(Elsewhere);
struct TableImpl : nn::Module {
  explicit TableImpl(int64_t n) : table(torch::arange(n)) {}
  Tensor forward(Tensor x) { return x + table; }
  Tensor table;
};
TORCH_MODULE(Table);
struct UserImpl : nn::Module {
  UserImpl() : pair{Elsewhere(1), Table(2)} {
    for (int i = 0; i < 3; ++i) {
      elsewhere.push_back(Elsewhere(i));
      tables.emplace_back(Table(i));
      pointers.push_back(std::make_shared<TableImpl>(i));
    }
  }
  Tensor forward(Tensor x) { return pair.second(tables[0](elsewhere[0](x))); }
  std::vector<Elsewhere> elsewhere;
  std::vector<Table> tables;
  std::vector<std::shared_ptr<TableImpl>> pointers;
  std::pair<Elsewhere, Table> pair;
};
