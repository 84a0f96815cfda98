// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include <array>

#include "base/crypto_internal.h"
#include "skyden/base/check.h"
#include "skyden/base/crypto.h"
#include "skyden/base/sha256_stream.h"

namespace skyden::base {

void Sha256Stream::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  SKYDEN_CHECK(context_ != nullptr &&
               EVP_DigestInit_ex(context_.get(), crypto::Sha256Method(), nullptr) == 1);
}

void Sha256Stream::Add(std::string_view piece) {
  SKYDEN_CHECK(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
}

std::string Sha256Stream::TakeHex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  SKYDEN_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
  return HexLower({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace skyden::base
