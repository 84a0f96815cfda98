// SPDX-License-Identifier: Apache-2.0
// Hands each call that comes in to the object that stands for it.
#pragma once

#include <memory>

#include "kds/core.h"
#include "skyden/rpc/connection.h"

namespace skyden::kds {

// For rpc::Listen.
rpc::Acceptor AcceptorOf(std::shared_ptr<Core> core);

}  // namespace skyden::kds
