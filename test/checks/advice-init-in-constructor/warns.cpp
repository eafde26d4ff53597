// RUN: %check torch-advice-init-in-constructor %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

namespace nn = torch::nn;

struct BodyImpl : nn::Module {
  BodyImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    nn::init::xavier_uniform_(fc->weight);
    // CHECK: :[[@LINE-1]]:5: warning: 'fc->weight' is initialised by a constructor of 'BodyImpl': no call can do it again, after a partial load for instance; 'reset_parameters()' could [torch-advice-init-in-constructor]
    // CHECK: :[[@LINE-2]]:5: note: 2 initialisations in this function
    nn::init::zeros_(fc->bias);
  }
  nn::Linear fc{nullptr};
};

// A local layer that becomes a child; data() changed in place.
struct LocalImpl : nn::Module {
  LocalImpl() {
    auto layer = nn::Linear(2, 2);
    layer->weight.data().normal_(0, 0.02);
    // CHECK: :[[@LINE-1]]:5: warning: 'layer->weight' is initialised by a constructor
    fc = register_module("fc", layer);
  }
  nn::Linear fc{nullptr};
};

// A helper that builds and initialises, called by constructors only.
struct HelperImpl : nn::Module {
  HelperImpl() { build(); }
  void build() {
    fc = register_module("fc", nn::Linear(2, 2));
    for (auto &m : modules(false))
      if (auto *l = m->as<nn::Linear>())
        nn::init::normal_(l->weight);
    // CHECK: :[[@LINE-1]]:9: warning: 'l->weight' is initialised by a constructor of 'HelperImpl'
  }
  nn::Linear fc{nullptr};
};

void initialise(nn::Module &m) {
  if (auto *l = m.as<nn::Linear>())
    nn::init::normal_(l->weight);
}
struct ApplyImpl : nn::Module {
  ApplyImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    apply(initialise);
    // CHECK: :[[@LINE-1]]:5: warning: the weights are initialised by a constructor of 'ApplyImpl'
  }
  nn::Linear fc{nullptr};
};

// A helper in another file, by its name; a parameter of its own.
void weight_init(torch::Tensor t, double gain);
struct ElsewhereImpl : nn::Module {
  ElsewhereImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    weight_init(fc->weight, 1.0);
    // CHECK: :[[@LINE-1]]:5: warning: 'fc->weight' is initialised by a constructor
  }
  explicit ElsewhereImpl(int n) {
    scale = register_parameter("scale", torch::empty({n}));
    nn::init::ones_(scale);
    // CHECK: :[[@LINE-1]]:5: warning: 'scale' is initialised by a constructor
  }
  nn::Linear fc{nullptr};
  torch::Tensor scale;
};

// Parameters looked up by name.
struct LookedUpImpl : nn::Module {
  LookedUpImpl() {
    fc = register_module("fc", nn::Linear(2, 2));
    for (auto &module : modules(false))
      if (auto *linear = dynamic_cast<nn::LinearImpl *>(module.get())) {
        auto parameters = linear->named_parameters(false);
        auto *weight = parameters.find("weight");
        if (weight != nullptr)
          nn::init::kaiming_normal_(*weight);
        // CHECK: :[[@LINE-1]]:11: warning: '*weight' is initialised by a constructor of 'LookedUpImpl'
      }
  }
  nn::Linear fc{nullptr};
};
