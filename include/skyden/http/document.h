// SPDX-License-Identifier: Apache-2.0
// A body that many answers share: held once, compressed once, copied for nobody.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace skyden::http {

// Immutable, thread-safe.
class Document {
 public:
  // Of a content type that compression is worth trying for; it is tried here.
  static std::shared_ptr<const Document> Make(std::string bytes);

  std::string_view bytes() const { return bytes_; }
  // The gzip form; nullptr when it is no smaller.
  const std::shared_ptr<const Document>& gzip() const { return gzip_; }

 private:
  explicit Document(std::string bytes) : bytes_(std::move(bytes)) {}

  std::string bytes_;
  std::shared_ptr<const Document> gzip_;
};

}  // namespace skyden::http
