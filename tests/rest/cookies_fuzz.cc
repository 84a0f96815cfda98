// SPDX-License-Identifier: Apache-2.0
// What a browser may show, and where it wants to go back to. One line each: method, cookies (two of
// them), sec-fetch-site, origin, x-skyden-session; the rest is an address.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rest/credential.h"
#include "rest/return_path.h"

namespace {

using namespace skyden;

std::string_view TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

// A cookie alone changes nothing: what is not said to be forged reads only, or has the proof and
// comes from our own page.
void LookAt(const http::Request& request, const rest::OwnAddress& own) {
  const rest::Credential shown = rest::CredentialOf(request, own);
  if (shown.way != rest::Credential::Way::kCookie || !shown.forged.empty()) return;
  if (request.method == http::Method::kGet) return;
  const bool ours = request.Find("sec-fetch-site") == std::string_view("same-origin") ||
                    (!request.Find("sec-fetch-site") && request.Find("origin") == own.origin);
  if (!ours || request.Find("x-skyden-session") != rest::SessionProof(shown.text)) {
    __builtin_trap();
  }
}

// Where it leads is below our own page, and stays there whatever browsers make of it.
void GoTo(std::string_view asked) {
  const std::string path = rest::ReturnPath(asked);
  const std::string_view only_path = std::string_view(path).substr(0, path.find('?'));
  const bool good = path.starts_with(rest::kConsole) &&
                    path.find_first_of("\\\"'<>#\r\n\t \0") == std::string::npos &&
                    only_path.find("//") == std::string_view::npos &&
                    (std::string(only_path) + '/').find("/../") == std::string::npos &&
                    only_path.find('%') == std::string_view::npos;
  if (!good || rest::ReturnPath(path) != path) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  http::Request request;
  request.method = TakeLine(text) == "GET" ? http::Method::kGet : http::Method::kPost;
  for (const char* name : {"cookie", "cookie", "sec-fetch-site", "origin", "x-skyden-session"}) {
    const std::string_view value = TakeLine(text);
    if (!value.empty()) request.headers.push_back({name, std::string(value)});
  }
  const rest::OwnAddress own{"https://skyden.example.com", "__Host-skyden", true};
  LookAt(request, own);
  // With the proof of whatever cookie is seen.
  const std::string cookie = rest::CookieNamed(request, own.cookie_name);
  request.headers.insert(request.headers.begin(), {"x-skyden-session", rest::SessionProof(cookie)});
  LookAt(request, own);
  GoTo(text);
  return 0;
}
