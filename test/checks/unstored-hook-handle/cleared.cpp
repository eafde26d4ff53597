// All callbacks are taken away at once: no handle is needed.
// RUN: %check torch-unstored-hook-handle %s | FileCheck %s --allow-empty --implicit-check-not='{{^[^|]*(warning|error)}}:'
#include <torch/torch.h>

void start() { at::addGlobalCallback(at::RecordFunctionCallback(nullptr)); }
void stop() { at::clearCallbacks(); }
