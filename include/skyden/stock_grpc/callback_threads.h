// SPDX-License-Identifier: Apache-2.0
// The threads on which the gRPC library calls back.
#pragma once

namespace skyden::stock_grpc {

// Before the first channel or server of a process whose calls end in callbacks. From here on the
// library's threads for them stay until the process ends. Thread-safe; any number of times.
//
// gRPC 1.51 ends them with the last server or channel that has any. One that is about to leave its
// queue then may find it gone ("prior > 0"), and whoever gives up the last channel in a callback
// has a thread wait for itself: either ends the process.
void KeepCallbackThreads();

}  // namespace skyden::stock_grpc
