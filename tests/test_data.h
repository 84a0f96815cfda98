// SPDX-License-Identifier: Apache-2.0
// Files of tests/data: its README says what they are.
#pragma once

#include <string>
#include <vector>

namespace skyden {

// What tests/data/<name>.gz says. Its absence fails the test.
std::string ReadTestData(const std::string& name);
std::vector<std::string> TestDataLines(const std::string& name);

}  // namespace skyden
