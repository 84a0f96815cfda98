// SPDX-License-Identifier: Apache-2.0
// ES256 signatures are r and s side by side, 32 bytes each; OpenSSL wants them in DER.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <string>
#include <utility>

#include "base/crypto_internal.h"
#include "skyden/base/jws.h"
#include "skyden/base/limits.h"

namespace skyden::base {
namespace {

constexpr size_t kCoordinateBytes = 32;
constexpr int kRsaBitsMin = 2048;
constexpr size_t kExponentBytesMax = 8;

using BigNumber = std::unique_ptr<BIGNUM, crypto::Freer<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, crypto::Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, crypto::Freer<OSSL_PARAM_free>>;
using crypto::DigestContext;
using crypto::KeyContext;

absl::Status NoKey(const char* what) { return absl::InvalidArgumentError(what); }

// The key that `params` describe; nullptr when they describe none.
std::shared_ptr<void> KeyFrom(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  std::shared_ptr<void> owned(key, [](void* k) { EVP_PKEY_free(static_cast<EVP_PKEY*>(k)); });
  const KeyContext check(EVP_PKEY_CTX_new(key, nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? owned : nullptr;
}

// One DER INTEGER of an unsigned big-endian number.
std::string DerInteger(std::string_view number) {
  while (number.size() > 1 && number.front() == '\0') number.remove_prefix(1);
  const bool negative = (static_cast<unsigned char>(number.front()) & 0x80u) != 0;
  std::string content = (negative ? std::string(1, '\0') : "") + std::string(number);
  return std::string("\x02") + static_cast<char>(content.size()) + content;
}

std::string DerSignature(std::string_view signature) {
  const std::string body = DerInteger(signature.substr(0, kCoordinateBytes)) +
                           DerInteger(signature.substr(kCoordinateBytes));
  return std::string("\x30") + static_cast<char>(body.size()) + body;
}

}  // namespace

std::optional<JwsParts> SplitJws(std::string_view text) {
  const size_t first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return JwsParts{text.substr(0, first), text.substr(first + 1, second - first - 1),
                  text.substr(second + 1), text.substr(0, second)};
}

absl::StatusOr<JwsKey> JwsKey::Rsa(std::string_view modulus, std::string_view exponent) {
  const crypto::ErrorQueueGuard guard;
  if (modulus.size() > limits::kRsaBits / 8 || exponent.empty() ||
      exponent.size() > kExponentBytesMax) {
    return NoKey("the RSA key is too large");
  }
  const BigNumber n(BN_bin2bn(crypto::Bytes(modulus), static_cast<int>(modulus.size()), nullptr));
  const BigNumber e(BN_bin2bn(crypto::Bytes(exponent), static_cast<int>(exponent.size()), nullptr));
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder) return NoKey("the RSA key cannot be read");
  if (BN_num_bits(n.get()) < kRsaBitsMin) return NoKey("the RSA key is shorter than 2048 bits");
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return NoKey("the RSA key cannot be read");
  }
  auto key = KeyFrom("RSA", builder.get());
  if (!key) return NoKey("the RSA key is none");
  return JwsKey(Algorithm::kRs256, std::move(key));
}

absl::StatusOr<JwsKey> JwsKey::P256(std::string_view x, std::string_view y) {
  const crypto::ErrorQueueGuard guard;
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) {
    return NoKey("a coordinate of a P-256 key has 32 bytes");
  }
  std::string point = "\x04";  // uncompressed
  point.append(x).append(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return NoKey("the P-256 key cannot be read");
  }
  auto key = KeyFrom("EC", builder.get());
  if (!key) return NoKey("the point is not on the curve P-256");
  return JwsKey(Algorithm::kEs256, std::move(key));
}

absl::Status JwsKey::Verify(std::string_view data, std::string_view signature) const {
  const absl::Status wrong = absl::UnauthenticatedError("the signature is not valid");
  const crypto::ErrorQueueGuard guard;
  std::string der;
  if (algorithm_ == Algorithm::kEs256) {
    if (signature.size() != 2 * kCoordinateBytes) return wrong;
    der = DerSignature(signature);
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  auto* const key = static_cast<EVP_PKEY*>(key_.get());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestVerify(context.get(), crypto::Bytes(signature), signature.size(),
                       crypto::Bytes(data), data.size()) != 1) {
    return wrong;
  }
  return absl::OkStatus();
}

}  // namespace skyden::base
