// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace skyden {

// Says why the running test case, or the rest of it, is not tried; the case is to return then.
// tests/run.sh lists these reasons last. A program all of whose cases are skipped is to ctest.
void Skip(const std::string& reason);

}  // namespace skyden
