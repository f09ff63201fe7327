select '{{ is_incremental() }}' as again
