x || 'same name'
