// SPDX-License-Identifier: Apache-2.0
// Values of one parameter of many runs of a statement, as one array: what the statement's text for
// many (Statement::many) wants.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/session.h"

namespace skyden::store::postgres {

// In binary form: the type of the first value's kind is that of all. No NULLs.
class ArrayValue {
 public:
  void Add(const Param& value);
  // As a parameter; lasts as long as this, and until the next Add.
  Param param();

 private:
  Param::Kind kind_ = Param::Kind::kNull;
  uint32_t count_ = 0;
  std::string bytes_;
};

}  // namespace skyden::store::postgres
