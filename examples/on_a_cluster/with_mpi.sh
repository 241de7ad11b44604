#!/bin/bash
# One job, many machines: the ranks share out the shards, then each batch of the training.
#SBATCH --job-name=terrace
#SBATCH --ntasks=16
#SBATCH --cpus-per-task=8
#SBATCH --time=12:00:00
set -euo pipefail
recipe=${1:?usage: sbatch with_mpi.sh RECIPE FOLDER MODEL [TRAINING.toml]}
folder=${2:?}
model=${3:?}
training=${4:-}

# Every rank takes its threads from SLURM_CPUS_PER_TASK; --cpus-per-task hands it on to srun (Slurm 22.05 and later want so).
srun --mpi=pmix --cpus-per-task="$SLURM_CPUS_PER_TASK" terrace dataset "$recipe" -o "$folder"
# A batch of 64 feeds four ranks well; more of them would wait for each other.
ranks=$((SLURM_NTASKS < 4 ? SLURM_NTASKS : 4))
srun --mpi=pmix --ntasks="$ranks" --cpus-per-task="$SLURM_CPUS_PER_TASK" terrace train "$folder" ${training:+--config "$training"} -o "$model"
