// A program starts itself anew where a library would otherwise be slow for as long as it runs.
#pragma once

namespace terrace {

/// For the first line of a main: with OPENBLAS_CORETYPE set, where the BLAS has better kernels than those it chose and
/// the user has not set it. Otherwise, or where that fails, does nothing.
void restart_with_better_matrix_kernels(char** arguments);

}  // namespace terrace
