// RUN: %check torch-unscoped-hook %s | FileCheck %s --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>
using torch::Tensor;

struct NetImpl : torch::nn::Module {
  torch::nn::Linear fc{nullptr};
  Tensor scale;
  Tensor forward(Tensor x) {
    auto h = scale.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:20: warning: hook on 'scale' is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
    auto y = fc(x);
    scale.remove_hook(h);
    return y;
  }
};
TORCH_MODULE(Net);

void throws(Net net, Tensor x) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:23: warning: hook on 'net->scale' is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
  net(x).sum().backward();
  net->scale.remove_hook(h);
}

void early(Net net, bool stop) {
  unsigned h = net->scale.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:27: warning: hook on 'net->scale' is not removed on every path; it stays installed and runs at later calls [torch-unscoped-hook]
  if (stop)
    return;
  net->scale.remove_hook(h);
}

void condition(Net net, bool clean) {
  auto h = net->scale.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:23: warning: hook on 'net->scale' is not removed on every path; it stays installed and runs at later calls [torch-unscoped-hook]
  if (clean)
    net->scale.remove_hook(h);
}

// Handed in by the caller: it lives on.
void argument(Tensor &w, Tensor loss) {
  auto h = w.register_hook([](Tensor g) { return g; });
  // CHECK: :[[@LINE-1]]:14: warning: hook on 'w' is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
  loss.backward();
  w.remove_hook(h);
}

int loop(Net net, std::vector<Tensor> batches) {
  for (auto &batch : batches) {
    auto h = net->scale.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:25: warning: hook on 'net->scale' is not removed on every path; it stays installed and runs at later calls [torch-unscoped-hook]
    auto loss = net(batch).sum();
    if (loss.item<double>() > 10)
      continue;
    net->scale.remove_hook(h);
  }
  return 0;
}

void callback(Net net, Tensor x) {
  auto h = at::addThreadLocalCallback(at::RecordFunctionCallback(nullptr));
  // CHECK: :[[@LINE-1]]:12: warning: callback is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
  net->forward(x);
  at::removeCallback(h);
}

void many(Net net, Tensor x) {
  std::vector<unsigned> handles;
  for (auto &p : net->parameters())
    handles.push_back(p.register_hook([](Tensor g) { return g; }));
    // CHECK: :[[@LINE-1]]:25: warning: hook on 'p' is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
  net(x).sum().backward();
  size_t i = 0;
  for (auto &p : net->parameters())
    p.remove_hook(handles[i++]);
}

// The handler catches something else and does not remove it.
void handled(Net net, Tensor x) {
  try {
    auto h = net->scale.register_hook([](Tensor g) { return g; });
    // CHECK: :[[@LINE-1]]:25: warning: hook on 'net->scale' is removed by hand; it stays installed when a call in between throws [torch-unscoped-hook]
    net(x).sum().backward();
    net->scale.remove_hook(h);
  } catch (const std::exception &) {
  }
}
