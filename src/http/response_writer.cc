// SPDX-License-Identifier: Apache-2.0
#include "http/response_writer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "skyden/base/gzip.h"
#include "skyden/http/uri.h"

namespace skyden::http {
namespace {

constexpr size_t kCompressFromBytes = 1024;

bool Compresses(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.find("json") != std::string_view::npos ||
         content_type.find("javascript") != std::string_view::npos ||
         content_type.find("xml") != std::string_view::npos ||
         content_type.find("yaml") != std::string_view::npos;
}

void AppendNumber(size_t number, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end.ptr);
}

// Header text from elsewhere must not be able to begin another line.
void AppendLineSafe(std::string_view text, std::string& out) {
  if (text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) {
    out.append(text);
    return;
  }
  for (const char c : text) out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
}

void SayCompressed(Response& response) {
  response.headers.push_back({"Content-Encoding", "gzip"});
  response.headers.push_back({"Vary", "Accept-Encoding"});
}

}  // namespace

std::string_view BodyOf(const Response& response) {
  return response.document == nullptr ? response.body : response.document->bytes();
}

void CompressBody(Response& response) {
  if (response.document != nullptr) {
    if (response.document->gzip() == nullptr) return;
    response.document = std::shared_ptr<const Document>(response.document->gzip());
    return SayCompressed(response);
  }
  if (response.body.size() < kCompressFromBytes || !Compresses(response.content_type)) return;
  for (const Header& header : response.headers) {
    if (EqualsIgnoringCase(header.name, "content-encoding")) return;
  }
  std::string compressed = base::Gzip(response.body, 1);
  if (compressed.size() >= response.body.size()) return;
  response.body = std::move(compressed);
  SayCompressed(response);
}

std::string_view DateText::Now() {
  const std::time_t now = std::time(nullptr);
  if (now != second_) {
    static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    text_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                        kDays[static_cast<size_t>(utc.tm_wday)], utc.tm_mday,
                        kMonths[static_cast<size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                        utc.tm_min, utc.tm_sec);
    second_ = now;
  }
  return text_;
}

bool IsBodiless(int status) { return status == 204 || status == 304 || status < 200; }

void AppendHead(const Response& response, Persistence persistence, Framing framing,
                std::string_view date, std::string& out) {
  out.append("HTTP/1.1 ");
  AppendNumber(static_cast<size_t>(response.status), out);
  out.push_back(' ');
  out.append(ReasonPhrase(response.status));
  out.append("\r\nDate: ");
  out.append(date);
  if (!response.content_type.empty()) {
    out.append("\r\nContent-Type: ");
    AppendLineSafe(response.content_type, out);
  }
  if (framing == Framing::kChunked) out.append("\r\nTransfer-Encoding: chunked");
  if (framing == Framing::kLength && !IsBodiless(response.status)) {
    out.append("\r\nContent-Length: ");
    AppendNumber(BodyOf(response).size(), out);
  }
  for (const Header& header : response.headers) {
    out.append("\r\n");
    AppendLineSafe(header.name, out);
    out.append(": ");
    AppendLineSafe(header.value, out);
  }
  if (persistence == Persistence::kClose) out.append("\r\nConnection: close");
  out.append("\r\n\r\n");
}

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Status";
  }
}

Response PlainResponse(int status) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = fmt::format("{}: {}\n", status, ReasonPhrase(status));
  return response;
}

}  // namespace skyden::http
