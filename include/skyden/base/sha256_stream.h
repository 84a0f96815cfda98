// SPDX-License-Identifier: Apache-2.0
// SHA-256 of what comes in pieces.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace skyden::base {

// Thread-compatible.
class Sha256Stream {
 public:
  Sha256Stream();
  void Add(std::string_view piece);
  // Once, in hex.
  std::string TakeHex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace skyden::base
