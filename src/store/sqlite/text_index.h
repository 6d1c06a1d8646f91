// Text search of the entities that there are many of, without a look at every row: for each of
// their tables SQLite's FTS5 keeps the trigrams of the searchable columns, and triggers keep it
// true. README.md tells what it costs.
#pragma once
#include <memory>

#include "base/error.h"
#include "store/sql/sql_text.h"
#include "store/sqlite/connection.h"

namespace thingstead::store::sqlite {

/// Brings the index up to date with the schema: makes what is missing, and makes anew, from the
/// rows, what was made for other columns. Within seconds for a million rows, once.
/// Returns how many tables were indexed.
/// Errors: those of the connection; then nothing was changed.
Result<std::size_t> ensure_text_index(Connection& writer);

/// What that index answers. Stateless; lives for ever.
const sql::TextIndex& text_index();

}  // namespace thingstead::store::sqlite
