// SPDX-License-Identifier: Apache-2.0
#include "console/asset.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/crypto.h"

namespace skyden::console {
namespace {

constexpr size_t kHashDigits = 32;

struct Type {
  std::string_view ending;
  std::string_view content_type;
};
constexpr std::array kTypes = {
    Type{".html", "text/html; charset=utf-8"},
    Type{".js", "text/javascript; charset=utf-8"},
    Type{".mjs", "text/javascript; charset=utf-8"},
    Type{".css", "text/css; charset=utf-8"},
    Type{".json", "application/json"},
    Type{".svg", "image/svg+xml"},
    Type{".png", "image/png"},
    Type{".jpg", "image/jpeg"},
    Type{".gif", "image/gif"},
    Type{".ico", "image/x-icon"},
    Type{".woff2", "font/woff2"},
    Type{".woff", "font/woff"},
    Type{".txt", "text/plain; charset=utf-8"},
    Type{".wasm", "application/wasm"},
};

std::string_view TypeOf(std::string_view name) {
  for (const Type& type : kTypes) {
    if (name.ends_with(type.ending)) return type.content_type;
  }
  return "application/octet-stream";
}

// One tag for the plain and the compressed form, so a weak one.
std::string TagOf(std::string_view bytes) {
  const std::array<uint8_t, 32> hash = base::Sha256(bytes);
  const std::string_view raw(reinterpret_cast<const char*>(hash.data()), hash.size());
  return fmt::format("W/\"{}\"", base::HexLower(raw).substr(0, kHashDigits));
}

std::string_view Opaque(std::string_view tag) {
  while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t')) tag.remove_prefix(1);
  while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t')) tag.remove_suffix(1);
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

// RFC 9110, 13.1.2: the comparison is the weak one.
bool ClientHas(const http::Request& request, std::string_view etag) {
  std::string_view tags = request.Find("if-none-match").value_or("");
  while (!tags.empty()) {
    const size_t comma = std::min(tags.find(','), tags.size());
    const std::string_view tag = Opaque(tags.substr(0, comma));
    if (tag == "*" || tag == Opaque(etag)) return true;
    tags.remove_prefix(std::min(comma + 1, tags.size()));
  }
  return false;
}

}  // namespace

Asset MakeAsset(std::string_view name, std::string bytes) {
  std::string tag = TagOf(bytes);
  return {std::string(TypeOf(name)), std::move(tag), http::Document::Make(std::move(bytes))};
}

http::Response AnswerAsset(const http::Request& request, const Asset& asset, Freshness freshness) {
  http::Response response;
  response.headers.push_back({"ETag", asset.etag});
  response.headers.push_back({"Cache-Control", freshness == Freshness::kForEver
                                                   ? "public, max-age=31536000, immutable"
                                                   : "no-cache"});
  if (ClientHas(request, asset.etag)) {
    response.status = 304;
    return response;
  }
  response.content_type = asset.content_type;
  response.document = asset.document;
  return response;
}

}  // namespace skyden::console
