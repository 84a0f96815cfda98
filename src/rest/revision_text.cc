// SPDX-License-Identifier: Apache-2.0
#include "rest/revision_text.h"

namespace skyden::rest {

http::Response WithRevision(http::Response response, std::string_view epoch,
                            model::Revision revision) {
  response.headers.push_back({kRevisionHeader, EventId(epoch, revision)});
  return response;
}

}  // namespace skyden::rest
