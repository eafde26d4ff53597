#include "cross/net.h"

NetImpl::NetImpl() { setup(); }

torch::Tensor NetImpl::forward(torch::Tensor x) { return second->forward(first->forward(x)); }
