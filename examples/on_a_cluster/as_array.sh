#!/bin/bash
# Sixteen jobs that know nothing of each other, each making one part of the shards: needs no MPI, and starts as soon as
# one machine is free. The last one to end completes the data set.
#SBATCH --job-name=terrace
#SBATCH --array=0-15
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --time=12:00:00
set -euo pipefail
recipe=${1:?usage: sbatch as_array.sh RECIPE FOLDER}
folder=${2:?}

terrace dataset "$recipe" -o "$folder" --part "$((SLURM_ARRAY_TASK_ID + 1))/16"
