// SPDX-License-Identifier: Apache-2.0
// Digests, comparison, AES-256-GCM and base64.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <limits>

#include "base/crypto_internal.h"
#include "skyden/base/check.h"
#include "skyden/base/crypto.h"

namespace skyden::base {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;

bool FitsInt(std::string_view s) {
  return s.size() <= static_cast<size_t>(std::numeric_limits<int>::max()) - 64;
}

absl::Status CannotOpen() {
  return absl::DataLossError("the sealed bytes, their context or the key do not fit");
}

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<int8_t, 256> Reverse(std::string_view alphabet) {
  std::array<int8_t, 256> values{};
  for (int8_t& v : values) v = -1;
  for (size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  }
  return values;
}
constexpr std::array<int8_t, 256> kStandardValues = Reverse(kStandard);
constexpr std::array<int8_t, 256> kUrlValues = Reverse(kUrl);

std::string Encode(std::string_view bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<uint8_t>(c);
    held += 8;
    for (; held >= 6; held -= 6) text += alphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) text += alphabet[(bits << (6 - held)) & 63];
  return text;
}

absl::StatusOr<std::string> Decode(std::string_view digits, const std::array<int8_t, 256>& values) {
  const absl::Status wrong = absl::InvalidArgumentError("not valid base64");
  if (digits.size() % 4 == 1) return wrong;
  std::string bytes;
  bytes.reserve(digits.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : digits) {
    const int8_t value = values[static_cast<uint8_t>(c)];
    if (value < 0) return wrong;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(static_cast<uint8_t>(bits >> held));
    }
  }
  // Bits left over must be zero, or two texts would mean the same bytes.
  if ((bits & ((1u << held) - 1)) != 0) return wrong;
  return bytes;
}

}  // namespace

const EVP_MD* crypto::Sha256Method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  SKYDEN_CHECK(method != nullptr);
  return method;
}

std::string HmacSha256(std::string_view key, std::string_view data) {
  SKYDEN_CHECK(FitsInt(key));
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  const unsigned char* made = HMAC(crypto::Sha256Method(), key.data(), static_cast<int>(key.size()),
                                   crypto::Bytes(data), data.size(), crypto::Bytes(mac), &size);
  SKYDEN_CHECK(made != nullptr);
  mac.resize(size);
  return mac;
}

std::array<uint8_t, 32> Sha256(std::string_view data) {
  std::array<uint8_t, 32> digest{};
  SKYDEN_CHECK(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, crypto::Sha256Method(),
                          nullptr) == 1);
  return digest;
}

std::string HexLower(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += kDigits[static_cast<uint8_t>(c) >> 4];
    text += kDigits[static_cast<uint8_t>(c) & 15];
  }
  return text;
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

absl::StatusOr<std::string> AesGcmSeal(std::string_view key, std::string_view plain,
                                       std::string_view context) {
  if (key.size() != kKeyBytes) return absl::InvalidArgumentError("an AES-256 key has 32 bytes");
  if (!FitsInt(plain) || !FitsInt(context)) return absl::InvalidArgumentError("too long to seal");
  const crypto::ErrorQueueGuard guard;
  std::string sealed = RandomBytes(kNonceBytes);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  unsigned char* const out = crypto::Bytes(sealed);
  const crypto::CipherContext cipher(EVP_CIPHER_CTX_new());
  int written = 0;
  int last = 0;
  const bool ok =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, crypto::Bytes(key), out) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &written, crypto::Bytes(context),
                        static_cast<int>(context.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), out + kNonceBytes, &written, crypto::Bytes(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), out + kNonceBytes + written, &last) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                          out + kNonceBytes + plain.size()) == 1;
  if (!ok) return absl::InternalError("AES-GCM encryption failed");
  return sealed;
}

absl::StatusOr<std::string> AesGcmOpen(std::string_view key, std::string_view sealed,
                                       std::string_view context) {
  if (key.size() != kKeyBytes || sealed.size() < kNonceBytes + kTagBytes || !FitsInt(sealed) ||
      !FitsInt(context)) {
    return CannotOpen();
  }
  const crypto::ErrorQueueGuard guard;
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(body.size() + kTagBytes, '\0');
  const crypto::CipherContext cipher(EVP_CIPHER_CTX_new());
  int written = 0;
  int last = 0;
  const bool ok = cipher != nullptr &&
                  EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, crypto::Bytes(key),
                                     crypto::Bytes(nonce)) == 1 &&
                  EVP_DecryptUpdate(cipher.get(), nullptr, &written, crypto::Bytes(context),
                                    static_cast<int>(context.size())) == 1 &&
                  EVP_DecryptUpdate(cipher.get(), crypto::Bytes(plain), &written,
                                    crypto::Bytes(body), static_cast<int>(body.size())) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG,
                                      static_cast<int>(kTagBytes), tag.data()) == 1 &&
                  EVP_DecryptFinal_ex(cipher.get(), crypto::Bytes(plain) + written, &last) == 1;
  if (!ok) return CannotOpen();
  plain.resize(body.size());
  return plain;
}

std::string Base64Encode(std::string_view bytes) {
  std::string text = Encode(bytes, kStandard);
  while (text.size() % 4 != 0) text += '=';
  return text;
}

absl::StatusOr<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return absl::InvalidArgumentError("not valid base64");
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return Decode(text, kStandardValues);
}

std::string Base64UrlEncode(std::string_view bytes) { return Encode(bytes, kUrl); }

absl::StatusOr<std::string> Base64UrlDecode(std::string_view text) {
  return Decode(text, kUrlValues);
}

}  // namespace skyden::base
