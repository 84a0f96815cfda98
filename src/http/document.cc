// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/document.h"

#include <utility>

#include "skyden/base/gzip.h"

namespace skyden::http {
namespace {

constexpr int kLevel = 6;  // it is done once

}  // namespace

std::shared_ptr<const Document> Document::Make(std::string bytes) {
  std::string compressed = base::Gzip(bytes, kLevel);
  std::shared_ptr<Document> document(new Document(std::move(bytes)));
  if (compressed.size() < document->bytes_.size()) {
    document->gzip_ = std::shared_ptr<const Document>(new Document(std::move(compressed)));
  }
  return document;
}

}  // namespace skyden::http
