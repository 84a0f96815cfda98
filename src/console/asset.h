// SPDX-License-Identifier: Apache-2.0
// A file that is served as it is: held once, compressed once, known by its hash.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "skyden/http/handler.h"
#include "skyden/http/request.h"

namespace skyden::console {

struct Asset {
  std::string content_type;
  std::string etag;
  std::shared_ptr<const http::Document> document;
};
// `name`: says of which type it is.
Asset MakeAsset(std::string_view name, std::string bytes);

enum class Freshness {
  kForEver,  // its address names its content
  kAsk,      // the browser may keep it, and asks each time whether it still holds
};
// The asset, or 304 when the client has it.
http::Response AnswerAsset(const http::Request& request, const Asset& asset, Freshness freshness);

}  // namespace skyden::console
