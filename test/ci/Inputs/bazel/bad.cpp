#include "net.h"

NetImpl::NetImpl(int64_t width) { out = torch::nn::Linear(width, 2); }
