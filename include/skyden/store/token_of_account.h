// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "skyden/store/records.h"

namespace skyden::store {

// A token, and whose it is.
struct TokenOfAccount {
  TokenRecord token;
  AccountRecord account;
};

}  // namespace skyden::store
